-- Whether what an offer rests on no longer holds: the person took their consent back, or it turned out to be recorded by
-- mistake. Nobody can open or accept it then. In clear, as must_review is, because the receiver, who cannot open the sender's
-- records, has to be refused; it follows from the events of the case with every change of it. Written as 0001_members.sql
-- explains.
alter table referral add column is_halted boolean not null default false;
