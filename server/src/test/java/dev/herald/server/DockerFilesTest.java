package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.HeraldCommand;
import dev.herald.server.config.SettingCatalogue;
import dev.herald.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine.Command;

/** The image and the compose file speak of settings, paths and commands that there are. */
class DockerFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("herald.root"));
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Z_]+)[:}][^}]*");
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^([A-Z_]+)=(.*)$");

    private final String dockerfile = content("docker/Dockerfile").replaceAll("\\\\\\n\\s*", "");
    private final String examples = content("docker/.env.example");

    @Test
    void compose_environmentOfHerald_isMadeOfSettings() {
        assertThat(settingNames()).containsAll(environment("herald").keySet());
    }

    @Test
    void compose_environmentOfPostgres_isTheImagesOwnAndFitsHeralds() {
        Map<String, String> postgres = environment("postgres");
        Map<String, String> herald = environment("herald");
        assertThat(postgres).containsOnlyKeys("POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD");
        assertThat(herald.get("DATABASE_URL")).endsWith("postgres:5432/" + postgres.get("POSTGRES_DB"));
        assertThat(herald).containsEntry("DATABASE_USER", postgres.get("POSTGRES_USER"));
    }

    @Test
    void compose_variablesItAsksFor_areInTheExample() {
        assertThat(names(REFERENCE, content("docker/compose.yaml"))).isEqualTo(names(EXAMPLE, examples));
    }

    @Test
    void compose_filledIn_isAWorkingConfiguration() {
        Map<String, String> settings = new HashMap<>(environment("herald"));
        Map<String, String> given = EXAMPLE.matcher(examples)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> match.group(2)));
        settings.replaceAll((name, value) -> REFERENCE.matcher(value).lookingAt() ? given.get(name) : value);
        settings.replaceAll((name, value) -> value.isEmpty() ? name + "-0123456789abcdef0123456789abcdef" : value);
        AppConfig config = AppConfig.from(Settings.of(settings, Map.of()));
        assertThat(config.rpc().host()).isEqualTo("0.0.0.0");
        assertThat(config.mail().relays()).singleElement().hasToString("mailpit:1025");
    }

    @Test
    void dockerfile_environment_isMadeOfSettings() {
        String environment = lines("ENV ").collect(Collectors.joining(" "));
        assertThat(settingNames()).containsAll(names(Pattern.compile("([A-Z_]+)="), environment));
    }

    @Test
    void dockerfile_jar_isWhereTheBuildPutsIt() {
        String build = content("server/pom.xml");
        assertThat(build)
                .contains("<finalName>herald-server</finalName>")
                .contains("<classpathPrefix>lib/</classpathPrefix>")
                .contains("<outputDirectory>${project.build.directory}/lib</outputDirectory>");
        assertThat(lines("COPY --from=build "))
                .containsExactlyInAnyOrder(
                        "COPY --from=build /build/server/target/lib /opt/herald/lib",
                        "COPY --from=build /build/server/target/herald-server.jar /opt/herald/");
        assertThat(jsonWords("ENTRYPOINT ")).containsSubsequence("-jar", "/opt/herald/herald-server.jar");
    }

    @Test
    void dockerfile_commands_exist() {
        List<String> health = jsonWords("HEALTHCHECK ");
        assertThat(health).containsSubsequence("-jar", "/opt/herald/herald-server.jar");
        assertThat(commands()).contains(health.get(health.size() - 1)).containsAll(jsonWords("CMD "));
    }

    @Test
    void dockerfile_user_isNotRoot() {
        assertThat(lines("USER ")).containsExactly("USER herald");
    }

    /** Everything the build needs is in the image's context. */
    @Test
    void dockerignore_modulesOfTheBuild_areLetThrough() {
        List<String> modules = Pattern.compile("<module>(.*)</module>")
                .matcher(content("pom.xml"))
                .results()
                .map(match -> "!" + match.group(1))
                .toList();
        assertThat(modules).isNotEmpty();
        assertThat(content(".dockerignore").lines()).containsAll(modules).contains("!mvnw", "!.mvn", "!pom.xml");
    }

    private static Set<String> settingNames() {
        return SettingCatalogue.all().stream()
                .flatMap(setting -> setting.secret()
                        ? Stream.of(setting.name(), setting.name() + "_FILE")
                        : Stream.of(setting.name()))
                .collect(Collectors.toSet());
    }

    private static List<String> commands() {
        return Arrays.stream(HeraldCommand.class.getAnnotation(Command.class).subcommands())
                .map(command -> command.getAnnotation(Command.class).name())
                .toList();
    }

    private Stream<String> lines(String start) {
        return dockerfile.lines().filter(line -> line.startsWith(start));
    }

    /** The words of the JSON list on the line that starts so. */
    private List<String> jsonWords(String start) {
        String line = lines(start).findFirst().orElseThrow();
        return Pattern.compile("\"([^\"]*)\"")
                .matcher(line)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static Map<String, String> environment(String service) {
        Map<?, ?> compose = new Yaml(new SafeConstructor(new LoaderOptions())).load(content("docker/compose.yaml"));
        Map<?, ?> services = (Map<?, ?>) compose.get("services");
        Map<?, ?> environment = (Map<?, ?>) ((Map<?, ?>) services.get(service)).get("environment");
        return environment.entrySet().stream()
                .collect(Collectors.toMap(entry -> (String) entry.getKey(), entry -> (String) entry.getValue()));
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    private static String content(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }
}
