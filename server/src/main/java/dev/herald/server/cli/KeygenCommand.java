package dev.herald.server.cli;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a new key and nothing else. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        description = "Prints a new random key of 48 bytes, for JWT_SECRET_KEY or AUTH_JWT_SECRET.")
final class KeygenCommand implements Callable<Integer> {
    private static final int BYTES = 48;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        spec.commandLine().getOut().println(Base64.getUrlEncoder().encodeToString(key));
        return 0;
    }
}
