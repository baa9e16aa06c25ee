package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {
    private static final String LINK = "https://campus.example/attend?token=abc.def-ghi_jkl";
    private static final Map<String, String> SAMPLE = Map.of(
            "student_first_name", "Ann",
            "course_name", "Algebra",
            "course_code", "MA101",
            "session_date", "2025-10-25",
            "start_time", "08:00",
            "end_time", "09:30",
            "attendance_link", LINK,
            "token_expiry", "2025-10-25 09:00 Asia/Kolkata");

    @TempDir
    private Path directory;

    @Test
    void render_attendanceSession_isTheSpecifiedMail() {
        RenderedMail mail = ours().render(Map.copyOf(SAMPLE));
        assertThat(mail.subject()).isEqualTo("Attendance Session Created: Algebra");
        assertThat(mail.text()).isEqualTo("""
                Hi Ann,

                Your lecturer has created an attendance session for:

                Course: Algebra (MA101)
                Date: 2025-10-25
                Time: 08:00 - 09:30

                Click the link below to mark your attendance:
                https://campus.example/attend?token=abc.def-ghi_jkl

                This link will expire at 2025-10-25 09:00 Asia/Kolkata.

                Important:
                - You must scan your student ID QR code
                - You must be within 30 meters of the session location

                Thanks,
                Attendance Management System
                """);
    }

    @Test
    void render_html_holdsNoUrlButTheLink() {
        String html = ours().render(Map.copyOf(SAMPLE)).html();
        assertThat(html).contains("#1976d2", "href=\"" + LINK + "\"", "2025-10-25 09:00 Asia/Kolkata");
        assertThat(html.replace(LINK, "")).doesNotContain("http", "//", "<img", "url(", "@import", "src=");
    }

    @Test
    void render_markupAsValue_isEscapedInHtmlOnly() {
        String evil = "<script>alert('x')</script> \"&{{ course_code }}{% if %}${7*7}";
        RenderedMail mail = ours().render(with("course_name", evil));
        assertThat(mail.subject()).isEqualTo("Attendance Session Created: " + evil);
        assertThat(mail.text()).contains("Course: " + evil + " (MA101)");
        assertThat(mail.html()).doesNotContain("<script>").contains("&lt;script&gt;", "{{ course_code }}");
    }

    @Test
    void load_overrideOfOneFile_keepsTheOthers() throws IOException {
        write("subject.txt", "Hello {{ course_code | lower }}\r\n");
        RenderedMail mail = load().render(Map.copyOf(SAMPLE));
        assertThat(mail.subject()).isEqualTo("Hello ma101");
        assertThat(mail.text()).startsWith("Hi Ann,");
    }

    @ParameterizedTest
    @CsvSource({
        "{{ sesion_date }}, unknown variable sesion_date",
        "{{ course_name | default(nme) }}, unknown variable nme",
        "{% if course_name is empty %}{{ nme }}{% endif %}, unknown variable nme",
        "{% if course_name == 'x' %}a{% else %}{{ nme | upper }}{% endif %}, unknown variable nme",
        "{% if nme %}a{% endif %}, unknown variable nme",
        "{{ course_name is empty ? course_name : nme }}, unknown variable nme",
        "{{ course_name ~ nme }}, unknown variable nme",
        "{{ not nme }}, unknown variable nme",
        "{{ course_name | raw }}, unknown filter raw",
        "{{ course_name | shout }}, unknown filter shout",
        "{{ course_name.bytes }}, GetAttribute",
        "{{ course_name.getClass() }}, GetAttribute",
        "{{ range(1 2) }}, body.html",
        "{{ max(1) }}, FunctionOrMacroInvocation",
        "{% include 'attendance_session/body.txt' %}, Include",
        "{% autoescape false %}x{% endautoescape %}, AutoEscape",
        "{% set a = 1 %}, Set",
        "{{ course_name, body.html",
        "{% if course_name %}x, body.html"
    })
    void load_brokenTemplate_namesFileLineAndFault(String template, String fault) throws IOException {
        write("body.html", "<p>\n" + template);
        assertThatThrownBy(this::load).isInstanceOfSatisfying(TemplateException.class, e -> {
            assertThat(e.file()).isEqualTo(file("body.html").toString());
            assertThat(e.getMessage()).contains(fault);
        });
    }

    @Test
    void load_unknownVariable_namesItsLine() throws IOException {
        write("body.txt", "Hi\n{{ course_name }}\n\n{{ nme }}\n");
        assertThatThrownBy(this::load).hasMessage(file("body.txt") + ", line 4: unknown variable nme");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines {{ course_name }}", "bell \u0007"})
    void load_subjectOfSeveralLines_isRefused(String subject) throws IOException {
        write("subject.txt", subject);
        assertThatThrownBy(this::load).isInstanceOf(TemplateException.class).hasMessageContaining("one line");
    }

    @Test
    void load_unreadableFile_isRefused() throws IOException {
        Files.createDirectories(file("body.txt"));
        assertThatThrownBy(this::load).isInstanceOf(TemplateException.class).hasMessageContaining("can't be read");
        assertThatThrownBy(() -> new Templates(Optional.empty()).load("nothing", SAMPLE))
                .hasMessage("templates/nothing/subject.txt: there is no such template");
    }

    @Test
    void render_missingOrHugeValue_isATemplateExceptionWithoutValues() {
        Map<String, Object> missing = new HashMap<>(SAMPLE);
        missing.remove("end_time");
        assertThatThrownBy(() -> ours().render(missing)).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> ours().render(with("student_first_name", "secret".repeat(200_000))))
                .isInstanceOf(TemplateException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void render_manyThreads_keepsMailsApart() {
        TemplateSet set = ours();
        List<String> subjects = IntStream.range(0, 2_000)
                .parallel()
                .mapToObj(i -> set.render(with("course_name", "c" + i)).subject())
                .toList();
        assertThat(subjects).first().isEqualTo("Attendance Session Created: c0");
        assertThat(subjects).doesNotHaveDuplicates().hasSize(2_000);
    }

    private static Map<String, Object> with(String name, String value) {
        Map<String, Object> variables = new HashMap<>(SAMPLE);
        variables.put(name, value);
        return variables;
    }

    private static TemplateSet ours() {
        return new Templates(Optional.empty()).load("attendance_session", SAMPLE);
    }

    private TemplateSet load() {
        return new Templates(Optional.of(directory)).load("attendance_session", SAMPLE);
    }

    private Path file(String name) {
        return directory.resolve("attendance_session").resolve(name);
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(file(name).getParent());
        Files.writeString(file(name), content);
    }
}
