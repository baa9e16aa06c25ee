package dev.herald.bench;

import java.util.OptionalDouble;

/** What takes the mails and forgets them. */
interface MailSink extends AutoCloseable {
    int port();

    /** Seconds of CPU, where it is a process of its own. */
    OptionalDouble cpuSeconds();

    @Override
    void close();
}
