-- A vector (1.5 kB) stays in its row. Kept aside, as rows of more than 2 kB would have it, comparing all of ten thousand took twenty
-- times as long, which the planner does not count. Snapshots pushed before keep what they have.
ALTER TABLE kb.passage ALTER COLUMN vector SET STORAGE PLAIN;
