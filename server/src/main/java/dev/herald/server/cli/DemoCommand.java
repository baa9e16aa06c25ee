package dev.herald.server.cli;

import dev.herald.server.cli.demo.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what Herald does, on a machine with nothing but a JDK. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs everything on this machine: an embedded PostgreSQL, a mail catcher, a campus of 200 students; generates,"
                        + " delivers, validates, retries, and prints what happened.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--keep", description = "stay up afterwards, to be called")
    boolean keep;

    @Option(
            names = "--port",
            defaultValue = "0",
            paramLabel = "PORT",
            description = "port of the server (any free one)")
    int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.set(Logging.LogLevel.WARN);
        Path folder = Files.createTempDirectory("herald-demo-");
        try (Demo demo = Demo.start(spec.commandLine().getOut(), folder, port)) {
            boolean asItShould = demo.run();
            if (keep) {
                demo.tellHowToCall();
                Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "shutdown"));
                new CountDownLatch(1).await();
            }
            return asItShould ? 0 : 1;
        }
    }
}
