package dev.herald.server.error;

import java.io.EOFException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a line what an exception of Java's or a library's means, for whoever runs Herald: without names of classes. */
public final class PlainWords {
    /** The first that fits counts; a dollar stands for what the exception says. */
    private static final List<Meaning> MEANINGS = List.of(
            new Meaning(UnknownHostException.class, "", "no such host: $"),
            new Meaning(NoRouteToHostException.class, "", "no way leads to that host"),
            new Meaning(BindException.class, "in use", "something listens there already"),
            new Meaning(BindException.class, "assign", "this machine has no such address"),
            new Meaning(ConnectException.class, "refused", "connection refused: nothing listens there"),
            new Meaning(SocketTimeoutException.class, "", "no answer in time"),
            new Meaning(EOFException.class, "", "the other side ended the connection"),
            new Meaning(SocketException.class, "reset|Broken pipe", "the other side ended the connection"),
            new Meaning(CertificateExpiredException.class, "", "its certificate has expired"),
            new Meaning(CertificateNotYetValidException.class, "", "its certificate isn't valid yet"),
            new Meaning(CertPathBuilderException.class, "", "its certificate isn't trusted here"),
            new Meaning(CertPathValidatorException.class, "", "its certificate isn't trusted here: $"),
            new Meaning(CertificateException.class, "^No (name|subject)", "its certificate is for another name: $"),
            new Meaning(SSLException.class, "Unsupported or unrecognized|plaintext", "it doesn't speak TLS there"),
            new Meaning(SSLException.class, "", "TLS could not be agreed on: $"),
            new Meaning(NoSuchFileException.class, "", "there is no file $"),
            new Meaning(AccessDeniedException.class, "", "this user may not use $"),
            new Meaning(CharacterCodingException.class, "", "it is not UTF-8 text"));

    private static final Pattern CLASS =
            Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z][\\w$]*:?\\s*|\\b[A-Z]\\w*(?:Exception|Error)\\b:?\\s*");
    private static final int DEEPEST = 10;

    private PlainWords() {}

    private record Meaning(Class<? extends Throwable> type, Pattern said, String words) {
        Meaning(Class<? extends Throwable> type, String said, String words) {
            this(type, Pattern.compile(said), words);
        }

        boolean fits(Throwable fault) {
            return type.isInstance(fault)
                    && said.matcher(String.valueOf(fault.getMessage())).find();
        }
    }

    /** Of the exception itself, whatever caused it: for those that were thrown with a message for people. */
    public static String of(Throwable fault) {
        return meaning(fault).orElseGet(() -> said(fault));
    }

    /** Of what lies at its bottom, where that is known; else of itself, and of the bottom. For exceptions of libraries, which wrap. */
    public static String ofCause(Throwable fault) {
        List<Throwable> causes = Stream.<@Nullable Throwable>iterate(fault, PlainWords::cause)
                .takeWhile(cause -> cause != null)
                .limit(DEEPEST)
                .collect(Collectors.toList());
        Collections.reverse(causes);
        return causes.stream()
                .flatMap(cause -> meaning(cause).stream())
                .findFirst()
                .orElseGet(() -> both(said(fault), said(causes.get(0))));
    }

    private static String both(String outer, String root) {
        return outer.contains(root) ? outer : outer + ": " + root;
    }

    private static @Nullable Throwable cause(@Nullable Throwable fault) {
        return fault == null ? null : fault.getCause();
    }

    private static Optional<String> meaning(Throwable fault) {
        return MEANINGS.stream()
                .filter(meaning -> meaning.fits(fault))
                .findFirst()
                .map(meaning -> meaning.words().replace("$", said(fault)));
    }

    /** The first line of its message; where there is none, the words of its name: a ClosedChannelException is a closed channel. */
    private static String said(Throwable fault) {
        String message = fault.getMessage() == null ? "" : fault.getMessage();
        String line = message.lines()
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .findFirst()
                .orElse("");
        String plain =
                CLASS.matcher(line).replaceAll(Matcher.quoteReplacement("")).strip();
        return plain.isEmpty() ? name(fault) : plain;
    }

    private static String name(Throwable fault) {
        return fault.getClass()
                .getSimpleName()
                .replaceFirst("(Exception|Error)$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
