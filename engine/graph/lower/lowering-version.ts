/**
 * To be raised whenever `lower` writes another graph for some device: what a check found holds for the graphs that it
 * ran. A test compares what the check's own graphs are lowered to.
 */
export const loweringVersion = 1
