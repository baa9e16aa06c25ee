package dev.herald.server.notification;

import dev.herald.server.mail.RenderedMail;
import dev.herald.server.mail.TemplateSet;
import dev.herald.server.mail.Templates;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The words of an attendance mail: the templates, and the values of their variables. Thread-safe. */
public final class AttendanceTemplate {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private static final Map<String, String> SAMPLE = Map.of(
            "student_first_name", "Asha",
            "course_name", "Compilers",
            "course_code", "CS401",
            "session_date", "2025-10-25",
            "start_time", "08:00",
            "end_time", "09:00",
            "attendance_link", "https://attendance.example.org/mark?token=sample",
            "token_expiry", "2025-10-25 09:00 Asia/Kolkata");

    private final TemplateSet templates;
    private final NotificationConfig config;
    /** Those of the last mail: the mails of a session come together. */
    private volatile @Nullable RememberedTimes lastTimes;

    /**
     * Loads and checks the templates.
     *
     * @throws dev.herald.server.mail.TemplateException when one is broken or names an unknown variable
     */
    public AttendanceTemplate(Templates templates, NotificationConfig config) {
        this.templates = templates.load(AttendanceMail.KIND, SAMPLE);
        this.config = config;
    }

    RenderedMail render(AttendanceData data, String token) {
        Map<String, Object> variables = new HashMap<>(timesOf(data));
        variables.put("student_first_name", Objects.requireNonNullElse(data.firstName(), ""));
        variables.put("course_name", Objects.requireNonNullElse(data.courseName(), ""));
        variables.put("course_code", Objects.requireNonNullElse(data.courseCode(), ""));
        variables.put("attendance_link", config.link(token));
        return templates.render(variables);
    }

    /** The variables that all mails of a session share. */
    private Map<String, String> timesOf(AttendanceData data) {
        SessionTimes times = SessionTimes.of(data);
        RememberedTimes last = lastTimes;
        if (last != null && last.times().equals(times)) {
            return last.variables();
        }
        ZoneId zone = zone(data.timeZone());
        Map<String, String> variables = Map.of(
                "session_date", DATE.format(at(data.sessionStart(), zone)),
                "start_time", TIME.format(at(data.sessionStart(), zone)),
                "end_time", TIME.format(at(data.sessionEnd(), zone)),
                "token_expiry", MOMENT.format(at(data.tokenExpiresAt(), zone)) + " " + zone.getId());
        lastTimes = new RememberedTimes(times, variables);
        return variables;
    }

    private record SessionTimes(
            Instant start,
            Instant end,
            Instant tokenExpiry,
            @Nullable String zone) {
        static SessionTimes of(AttendanceData data) {
            return new SessionTimes(data.sessionStart(), data.sessionEnd(), data.tokenExpiresAt(), data.timeZone());
        }
    }

    private record RememberedTimes(SessionTimes times, Map<String, String> variables) {}

    private ZoneId zone(@Nullable String name) {
        if (name == null || name.isBlank()) {
            return config.timeZone();
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            // A shared directory may hold any text.
            return config.timeZone();
        }
    }

    private static ZonedDateTime at(Instant instant, ZoneId zone) {
        return instant.atZone(zone);
    }
}
