-- What a model's network predicts by its files (null: not looked at yet, or no usable model), whether that is only
-- likely, and what the user says instead.

ALTER TABLE model ADD COLUMN own_prediction TEXT CHECK (own_prediction IN ('epsilon', 'v_prediction'));
ALTER TABLE model ADD COLUMN assumes_prediction INTEGER CHECK (assumes_prediction IN (0, 1));
ALTER TABLE model ADD COLUMN chosen_prediction TEXT CHECK (chosen_prediction IN ('epsilon', 'v_prediction'));

-- The next look through the folders reads these files once more.
UPDATE model SET modified_ms = 0 WHERE is_usable = 1 AND kind IN ('checkpoint', 'diffusers');
