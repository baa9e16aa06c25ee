package dev.herald.server.testing;

import dev.herald.server.config.KnownSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A self-signed certificate and its key as PEM files; made by the JDK's keytool. */
public record PemFiles(Path certificate, Path privateKey) {
    private static final String PASSWORD = "changeit";

    /** One for a name such as {@code dns:localhost}. */
    public static PemFiles selfSigned(Path folder, String name) {
        try {
            Path store = folder.resolve("own.p12");
            keytool(store, name);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream bytes = Files.newInputStream(store)) {
                keys.load(bytes, PASSWORD.toCharArray());
            }
            byte[] key = keys.getKey("own", PASSWORD.toCharArray()).getEncoded();
            return new PemFiles(
                    write(
                            folder.resolve("own.crt"),
                            "CERTIFICATE",
                            keys.getCertificate("own").getEncoded()),
                    write(folder.resolve("own.key"), "PRIVATE KEY", key));
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void keytool(Path store, String name) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-dname",
                "CN=own",
                "-keyalg",
                "EC",
                "-ext",
                "san=" + name,
                "-ext",
                "bc:c=ca:true",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (!Files.exists(store)) {
            throw new AssertionError(output);
        }
    }

    private static Path write(Path file, String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        if (kind.equals("PRIVATE KEY")) {
            KnownSecrets.add(body);
        }
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
