package dev.herald.server.directory;

import dev.herald.v1.Student;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A user's enrolment in a program, and in a stream of it where there are streams. */
@Entity
@Table(name = "student_profiles")
class StudentProfile {
    @Id
    @Column(name = "student_profile_id")
    private long studentProfileId;

    @Column(name = "user_id")
    private long userId;

    @Column(name = "program_id")
    private long programId;

    @Column(name = "stream_id")
    private @Nullable Long streamId;

    @Column(name = "is_active")
    private boolean active;

    StudentProfile() {}

    static StudentProfile of(Student item) {
        StudentProfile profile = new StudentProfile();
        profile.studentProfileId = item.getStudentProfileId();
        profile.userId = item.getUserId();
        profile.programId = item.getProgramId();
        profile.streamId = item.hasStreamId() ? item.getStreamId() : null;
        profile.active = !item.hasIsActive() || item.getIsActive();
        return profile;
    }

    long studentProfileId() {
        return studentProfileId;
    }

    long userId() {
        return userId;
    }

    long programId() {
        return programId;
    }

    @Nullable
    Long streamId() {
        return streamId;
    }

    boolean active() {
        return active;
    }
}
