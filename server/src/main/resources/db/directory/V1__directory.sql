-- What other contexts know, when Herald keeps its own copy (DIRECTORY=own).

CREATE TABLE users (
    user_id    bigint PRIMARY KEY,
    email      text    NOT NULL,
    first_name text    NOT NULL,
    last_name  text    NOT NULL,
    user_type  text    NOT NULL,
    is_active  boolean NOT NULL DEFAULT true
);

CREATE TABLE student_profiles (
    student_profile_id bigint PRIMARY KEY,
    user_id            bigint  NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    program_id         bigint  NOT NULL,
    stream_id          bigint,
    is_active          boolean NOT NULL DEFAULT true
);

CREATE INDEX student_profiles_user_id ON student_profiles (user_id);
CREATE INDEX student_profiles_program_id ON student_profiles (program_id, student_profile_id);

CREATE TABLE courses (
    course_id   bigint PRIMARY KEY,
    course_code text NOT NULL,
    course_name text NOT NULL
);

CREATE TABLE sessions (
    session_id   bigint PRIMARY KEY,
    course_id    bigint      NOT NULL REFERENCES courses (course_id),
    program_id   bigint      NOT NULL,
    stream_id    bigint,
    time_created timestamptz NOT NULL,
    time_ended   timestamptz NOT NULL,
    location     text,
    time_zone    text,
    CHECK (time_ended >= time_created)
);

CREATE INDEX sessions_course_id ON sessions (course_id);
