-- The overlaps of a study again and again, as its links were drawn by their chances: a JSON list for each draw, of bitmasks over the
-- lists' numbers with how many people are on exactly these. Counts alone, as study_overlap is. Written as 0001_members.sql explains.
alter table study add column draws text;
