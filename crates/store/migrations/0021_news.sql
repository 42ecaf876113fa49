-- Whether a receiver refused a referral, or said what came of it, and nobody at the sender's has said that they read it: until
-- then it stays on the sender's list. In clear, as must_review is, so that it can be counted without a key. Written as
-- 0001_members.sql explains.
alter table referral add column has_news boolean not null default false;
