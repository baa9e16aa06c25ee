package dev.herald.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@link EchoServer} on the same Java, with the same options, as a Herald. */
final class EchoProcess implements AutoCloseable {
    private final Children children;
    private final Process process;
    private final int port;

    private EchoProcess(Children children, Process process) {
        this.children = children;
        this.process = process;
        this.port = readPort(process);
    }

    static EchoProcess like(Herald herald, Children children) {
        List<String> command = new ArrayList<>(herald.java());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EchoServer.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        return new EchoProcess(children, children.start(builder));
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        children.stop(process);
    }

    private static int readPort(Process process) {
        try {
            BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
            String line = lines.readLine();
            if (line == null || !line.startsWith(EchoServer.SERVING)) {
                throw new IllegalStateException("the echo server did not start: " + line);
            }
            return Integer.parseInt(line.substring(EchoServer.SERVING.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
