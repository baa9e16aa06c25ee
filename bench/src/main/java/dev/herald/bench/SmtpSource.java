package dev.herald.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Postfix's smtp-source: how fast a C program without bookkeeping gets mails of the same size into the same sink. */
final class SmtpSource {
    /** What an attendance mail takes on the wire. */
    private static final int MAIL_BYTES = 2_400;

    private final Children children;
    private final Optional<SmtpTools> tools;
    private final int port;
    private final int sessions;
    private final int mails;
    private final List<Double> rates = new ArrayList<>();

    SmtpSource(Children children, Optional<SmtpTools> tools, int port, int sessions, int mails) {
        this.children = children;
        this.tools = tools;
        this.port = port;
        this.sessions = sessions;
        this.mails = mails;
    }

    /** Measures once more. Called right before and after whatever is compared with it. */
    void run() {
        tools.ifPresent(there -> rates.add(measure(there)));
    }

    /** Mails a second, the median of the runs so far. */
    OptionalDouble rate() {
        return rates.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Medians.of(rates, Double::doubleValue));
    }

    OptionalDouble ratio(double rate) {
        return rate().isPresent() ? OptionalDouble.of(rate / rate().getAsDouble()) : OptionalDouble.empty();
    }

    private double measure(SmtpTools there) {
        List<String> arguments = List.of(
                "-d",
                "-s",
                Integer.toString(sessions),
                "-m",
                Integer.toString(mails),
                "-l",
                Integer.toString(MAIL_BYTES),
                "127.0.0.1:" + port);
        long start = System.nanoTime();
        Process process = children.start(there.command("smtp-source", arguments).inheritIO());
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("smtp-source failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return mails / ((System.nanoTime() - start) / 1e9);
    }
}
