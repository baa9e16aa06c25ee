package dev.herald.server;

import dev.herald.server.cli.HeraldCommand;

/** Entry point of the jar: {@code ./herald} and {@code java -jar herald-server.jar}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(HeraldCommand.run(arguments));
    }
}
