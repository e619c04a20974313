-- A commit is known by its revision and its hash, which goes over its random id,
-- too. So the id needs no column, and no index into which every commit would be
-- put at a place of its own. It stands in the body.
ALTER TABLE clientaccess.log DROP COLUMN entry;
