-- Time that a member gave free for a public body and that belongs to no case, such as training its staff. Nothing in it is about
-- somebody who is supported, and no words are kept, so it stands in clear. body: for which public body, where it is another
-- than agency, whose duty it was. Written as 0001_members.sql explains.
create table own_time (
    id uuid primary key,
    organisation_id uuid not null references organisation (id),
    member_id uuid not null references member (id),
    given_on text not null,
    minutes integer not null,
    kind text not null,
    agency text not null,
    body text
);
create index own_time_organisation on own_time (organisation_id);
create index own_time_member on own_time (member_id);
