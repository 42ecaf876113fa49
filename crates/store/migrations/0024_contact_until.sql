-- The last day on which the contact in the copy of an offer stays safe if nobody goes through it again; null where the copy names no
-- way of contact. Nobody can open or accept it after that day. In clear, as is_halted is and for the same reason: days pass
-- without anybody writing the case. An offer of an earlier version learns of it with the next change of its case. Written as
-- 0001_members.sql explains.
alter table referral add column contact_until text;
