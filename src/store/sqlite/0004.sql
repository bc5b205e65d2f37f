-- The first rows of a large inventory are wanted before the others are read.
CREATE INDEX record_model ON record (model);
