package dev.herald.server.directory;

import com.google.protobuf.Timestamp;
import dev.herald.v1.Session;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A class session: whom it is for, and when. Times have microseconds, as the database keeps them. */
@Entity
@Table(name = "sessions")
public class ClassSession {
    @Id
    @Column(name = "session_id")
    private long sessionId;

    @Column(name = "course_id")
    private long courseId;

    @Column(name = "program_id")
    private long programId;

    @Column(name = "stream_id")
    private @Nullable Long streamId;

    @Column(name = "time_created")
    private Instant timeCreated;

    @Column(name = "time_ended")
    private Instant timeEnded;

    @Column(name = "location")
    private @Nullable String location;

    @Column(name = "time_zone")
    private @Nullable String timeZone;

    ClassSession() {}

    static ClassSession of(Session item) {
        ClassSession session = new ClassSession();
        session.sessionId = item.getSessionId();
        session.courseId = item.getCourseId();
        session.programId = item.getProgramId();
        session.streamId = item.hasStreamId() ? item.getStreamId() : null;
        session.timeCreated = instant(item.getTimeCreated());
        session.timeEnded = instant(item.getTimeEnded());
        session.location = item.hasLocation() ? item.getLocation() : null;
        session.timeZone = item.getTimeZone().isEmpty() ? null : item.getTimeZone();
        return session;
    }

    public long sessionId() {
        return sessionId;
    }

    public long courseId() {
        return courseId;
    }

    /** The program whose students are invited. */
    public long programId() {
        return programId;
    }

    /** The one stream whose students are invited; null for all of the program. */
    public @Nullable Long streamId() {
        return streamId;
    }

    /** When the session starts. */
    public Instant timeCreated() {
        return timeCreated;
    }

    /** When the session ends; not before its start. */
    public Instant timeEnded() {
        return timeEnded;
    }

    public @Nullable String location() {
        return location;
    }

    /** The IANA zone its times are shown in; null for the setting TIME_ZONE. */
    public @Nullable String timeZone() {
        return timeZone;
    }

    private static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos())
                .truncatedTo(ChronoUnit.MICROS);
    }
}
