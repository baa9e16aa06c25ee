package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.badinput.Expected.Check;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.Course;
import dev.herald.v1.FailureReason;
import dev.herald.v1.Notification;
import dev.herald.v1.User;
import java.util.stream.Stream;

/** B8 to B10, B12 and B38: text that gets as far as a mail. */
final class MailInputs {
    private static final String ADDRESS = "reader@campus.example";

    private MailInputs() {}

    static Stream<BadInput> rows() {
        return Stream.of(b8(), b9Poisoned(), b10(), b12(), b38()).flatMap(all -> all);
    }

    /** A sample; {@code mail.NaughtyStringsDeliveryTest} sends all 515. */
    private static Stream<BadInput> b8() {
        return Stream.of(
                        "NULL",
                        "' OR 1=1 -- 1",
                        "Robert'); DROP TABLE users;--",
                        "%d%s%n%x",
                        "a\tb",
                        " a  b ",
                        "=?UTF-8?B?QmNjOiB4?=",
                        "<>?:\"{}|_+",
                        "./;'[]\\-=",
                        "Ω≈ç√∫˜µ≤≥÷",
                        "田中さんにあげて下さい",
                        "👾 🙇 💁🏽",
                        "הָיְתָהtestالصفحات التّحول",
                        "\u200B\uFEFF\u180E",
                        "T\u0337\u0321\u032A",
                        "1.0/0.0",
                        "\\\";alert('x');//")
                .map(text -> shown("B8", text));
    }

    private static Stream<BadInput> b9Poisoned() {
        String bcc = "a\r\nBcc: thief@evil.invalid";
        return Stream.of(
                poisoned("users", "email", "a@campus.example\r\nRCPT TO:<thief@evil.invalid>"),
                poisoned("users", "email", "a@campus.example, thief@evil.invalid"),
                poisoned("users", "email", "a\u760D\u760Ab@campus.example"),
                poisoned("users", "first_name", bcc),
                poisoned("courses", "course_name", bcc),
                poisoned("courses", "course_name", "a\u2028b"));
    }

    private static BadInput poisoned(String table, String column, String value) {
        return row(
                "B9",
                "a poisoned row: " + column + " " + TextInputs.visible(value),
                Place.MAIL,
                scene -> scene.deliverPoisoned(table, column, value),
                failed(FailureReason.FAILURE_REASON_RECIPIENT_INVALID));
    }

    private static Stream<BadInput> b10() {
        return Stream.of(
                        "a@b.c\" <evil@x.example>, \"",
                        "evil@x.example",
                        "<evil@x.example>",
                        "\u202Eelpmaxe@live\u202C",
                        "Ann, Bob: evil@x.example;",
                        "\"",
                        "(a comment)")
                .map(name -> row(
                        "B10",
                        "the name " + TextInputs.visible(name),
                        Place.MAIL,
                        scene -> scene.deliver(user().setFirstName(name), course()),
                        Expected.ok()
                                .and((scene, answer) -> SeenMail.only(scene).assertSentTo(ADDRESS, name + " Rao"))));
    }

    private static Stream<BadInput> b12() {
        return Stream.of(
                row(
                        "B12",
                        "an international domain",
                        Place.MAIL,
                        scene -> scene.deliver(user().setEmail("reader@faß.de"), course()),
                        Expected.ok()
                                .and((scene, answer) ->
                                        SeenMail.only(scene).assertSentTo("reader@xn--fa-hia.de", "Asha Rao"))),
                row(
                        "B12",
                        "an international local part, and a relay without SMTPUTF8",
                        Place.MAIL,
                        scene -> scene.deliver(user().setEmail("jürgen@campus.example"), course()),
                        failed(FailureReason.FAILURE_REASON_SMTPUTF8_REQUIRED)));
    }

    private static Stream<BadInput> b38() {
        Stream<BadInput> shown = Stream.of(
                        "<script>alert(1)</script>",
                        "</strong><img src=x onerror=alert(1)>",
                        "\" onmouseover=\"alert(1)",
                        "' style='x",
                        "${7*7} #{7*7}",
                        "{{ 7*7 }}",
                        "{% include \"/etc/passwd\" %}",
                        "{{ attendance_link }}",
                        "{# a comment #}",
                        "javascript:alert(1)",
                        "https://evil.invalid/?token=x",
                        "&lt;b&gt; &amp;",
                        "-->]]>",
                        "a".repeat(300))
                .map(text -> shown("B38", text));
        BadInput tooLong = row(
                "B38",
                "10,000 characters",
                Place.QUIET,
                scene -> scene.upsert(course().setCourseName("a".repeat(10_000))),
                Expected.invalid("courses[0].course_name", ""));
        return Stream.concat(shown, Stream.of(tooLong));
    }

    private static BadInput shown(String number, String text) {
        String what = text.length() > 40 ? text.length() + " characters" : TextInputs.visible(text);
        return row(
                number,
                "as names: " + what,
                Place.MAIL,
                scene -> scene.deliver(user().setFirstName(text), course().setCourseName(text)),
                Expected.ok().and(MailInputs.shows(text)));
    }

    private static Check shows(String text) {
        return (scene, answer) -> {
            SeenMail mail = SeenMail.only(scene);
            mail.assertSentTo(ADDRESS, text + " Rao");
            mail.assertShows(text);
        };
    }

    private static Expected failed(FailureReason reason) {
        return Expected.ok().and((scene, answer) -> {
            Notification notification = notification(answer);
            assertThat(notification.getFailureReason()).isEqualTo(reason);
            assertThat(scene.mails()).isEmpty();
            assertThat(scene.commands()).noneMatch(command -> command.startsWith("RCPT"));
        });
    }

    private static Notification notification(Answer answer) throws Exception {
        return Notification.parseFrom(answer.answers().get(0));
    }

    private static User.Builder user() {
        return HeraldFixture.user(1, ADDRESS).toBuilder();
    }

    private static Course.Builder course() {
        return HeraldFixture.course().toBuilder();
    }
}
