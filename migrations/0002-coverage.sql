-- How much of each painted region a picture obeyed, measured when it was made.

ALTER TABLE image ADD COLUMN coverage TEXT CHECK (coverage IS NULL OR json_valid(coverage));
