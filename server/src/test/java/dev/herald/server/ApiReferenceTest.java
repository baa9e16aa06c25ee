package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import dev.herald.server.testing.BufCurl;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.HeraldProcess.Finished;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/api.md says what the contract says. */
class ApiReferenceTest {
    private static final Pattern LINK = Pattern.compile("]\\(#([^)]+)\\)");
    private static final Path PAGE = HeraldProcess.root().resolve("docs/api.md");

    @TempDir
    Path folder;

    @Test
    void page_isMadeOfTheContract() throws IOException {
        String page = ApiReference.of(contract());
        if (Boolean.getBoolean("api.renew")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("The contract has changed: make %s anew, with the command it names", PAGE)
                .isEqualTo(page);
    }

    @Test
    void page_everyLinkWithinIt_leadsToAHeading() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page.lines()
                        .filter(line -> line.startsWith("#"))
                        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT)))
                .doesNotHaveDuplicates()
                .containsAll(
                        LINK.matcher(page).results().map(link -> link.group(1)).toList());
    }

    private FileDescriptorSet contract() throws IOException {
        Path image = folder.resolve("contract.binpb");
        ProcessBuilder build = new ProcessBuilder(BufCurl.program().toString(), "build", "-o", image.toString());
        Finished built = HeraldProcess.finish(
                build.directory(HeraldProcess.root().resolve("proto").toFile()));
        assertThat(built.exitCode()).as(built.err()).isZero();
        ExtensionRegistry rules = ExtensionRegistry.newInstance();
        ValidateProto.registerAllExtensions(rules);
        try (InputStream content = Files.newInputStream(image)) {
            return FileDescriptorSet.parseFrom(content, rules);
        }
    }
}
