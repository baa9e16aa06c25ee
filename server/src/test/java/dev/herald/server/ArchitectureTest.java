package dev.herald.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldProcess;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Imports go down, never up, never sideways; each library has one home; time and environment come in by one door. */
class ArchitectureTest {
    private static final String ROOT = "dev.herald.server";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    private static final int TOP = 6;

    /** The floor of each room; a new room takes its place here. */
    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("error", 0),
            Map.entry("config", 0),
            Map.entry("caller", 1),
            Map.entry("mail", 1),
            Map.entry("persistence", 1),
            Map.entry("telemetry", 1),
            Map.entry("rpc", 2),
            Map.entry("request", 2),
            Map.entry("audit", 3),
            Map.entry("token", 4),
            Map.entry("delivery", 4),
            Map.entry("directory", 4),
            Map.entry("notification", 5),
            Map.entry("system", 5),
            Map.entry("", TOP),
            Map.entry("cli", TOP));

    /** Where time may be taken from the machine: at the very top, which hands a Clock down. */
    private static final List<Class<?>> CLOCKS = List.of(
            Clock.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class);

    @Test
    void rooms_all_haveAFloor() {
        assertThat(CLASSES.stream().map(ArchitectureTest::room)).isNotEmpty().allMatch(FLOORS::containsKey);
    }

    @Test
    void imports_ofEveryClass_goDownOnly() {
        List<String> others = CLASSES.stream()
                .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
                .filter(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith(ROOT))
                .filter(dependency -> !mayDepend(dependency))
                .map(Dependency::getDescription)
                .toList();
        assertThat(others).isEmpty();
    }

    @Test
    void picture_ofTheRooms_drawsEveryImport() {
        String picture = Document.read(HeraldProcess.root().resolve("docs/architecture.md")).blocks().stream()
                .filter(block -> block.language().equals("mermaid"))
                .map(Document.Block::code)
                .collect(Collectors.joining());
        Set<String> drawn = picture.lines()
                .filter(line -> line.contains("-->"))
                .map(line -> line.strip().split(" --> "))
                .flatMap(arrow -> Stream.of(arrow[1].split(" & ")).map(to -> arrow[0] + " --> " + to))
                .collect(Collectors.toSet());
        Set<String> imports = CLASSES.stream()
                .filter(one -> FLOORS.getOrDefault(room(one), 0) < TOP)
                .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
                .filter(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith(ROOT))
                .filter(dependency -> FLOORS.getOrDefault(room(dependency.getTargetClass()), 0) > 0)
                .map(dependency -> room(dependency.getOriginClass()) + " --> " + room(dependency.getTargetClass()))
                .filter(arrow -> !arrow.matches("(\\w+) --> \\1"))
                .collect(Collectors.toSet());
        assertThat(drawn).isEqualTo(imports);
    }

    @Test
    void packages_butForTheEntryPoint_areFreeOfCycles() {
        slices().matching(ROOT + ".(*)..")
                .namingSlices("$1")
                .should()
                .beFreeOfCycles()
                .check(CLASSES.that(describe("not the root", one -> !room(one).isEmpty())));
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @MethodSource("homes")
    void library_named_isAtHomeInItsRoomsOnly(String library, Set<String> rooms, Set<String> exceptions) {
        noClasses()
                .that(describe("live outside " + rooms, one -> !isIn(one, rooms, exceptions)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library + "..")
                .check(CLASSES);
    }

    /** Library, rooms, and classes elsewhere that may use it. */
    static Stream<Arguments> homes() {
        return Stream.of(
                // The demo reads a mail that was caught, as its recipient would.
                home("jakarta.mail", Set.of("mail"), "cli.demo.Demo"),
                home("org.eclipse.angus", Set.of("mail")),
                home("io.pebbletemplates", Set.of("mail")),
                home("com.ibm.icu", Set.of("mail")),
                home("com.auth0", Set.of("token", "caller")),
                home("com.fasterxml.jackson", Set.of("token", "caller", "audit")),
                home("org.apache.commons.text", Set.of("config")),
                home("io.github.bucket4j", Set.of("caller", "rpc")),
                home("build.buf", Set.of("rpc")),
                home("org.flywaydb", Set.of("persistence")),
                home("com.zaxxer", Set.of("persistence")),
                home("io.zonky", Set.of("persistence")),
                home("org.postgresql", Set.of("persistence")),
                home(
                        "org.hibernate",
                        Set.of("persistence", "token", "delivery", "directory", "request", "notification")),
                home("org.subethamail", Set.of("cli.demo")),
                home("picocli", Set.of("cli")),
                home("org.jline", Set.of("cli.terminal")),
                home("me.tongfei", Set.of("cli.terminal")),
                home("ch.qos.logback", Set.of("cli", "telemetry")),
                home("com.sun.net.httpserver", Set.of("telemetry")),
                home("io.micrometer.prometheusmetrics", Set.of("telemetry")),
                home("io.opentelemetry.sdk", Set.of("telemetry")),
                // Named meters and spans, where there is something to count or to follow.
                home(
                        "io.micrometer",
                        Set.of("telemetry", "caller", "rpc", "persistence", "token", "delivery"),
                        "Housekeeper",
                        "ChoreMeter"),
                home("io.opentelemetry", Set.of("telemetry", "rpc", "delivery"), "Application"),
                // Both are the other end of a stream their XGrpcService opens: they write to it when the client can
                // take more.
                home(
                        "io.grpc",
                        Set.of("caller", "rpc", "cli"),
                        "*GrpcService",
                        "token.TokenStream",
                        "notification.SessionDeliveryWatcher"));
    }

    @Test
    void environment_outsideConfig_isNotRead() {
        assertThat(callers(System.class, name -> name.equals("getenv")))
                .allMatch(one -> one.startsWith(ROOT + ".config."));
    }

    @Test
    void time_belowTheTop_comesFromTheClockHandedDown() {
        Predicate<String> reading = name -> name.equals("now") || name.startsWith("system") || name.startsWith("tick");
        assertThat(CLOCKS.stream().flatMap(clock -> callers(clock, reading).stream()))
                .allMatch(one -> one.startsWith(ROOT + ".cli."));
        assertThat(callers(System.class, name -> name.equals("currentTimeMillis")))
                .isEmpty();
    }

    @Test
    void standardStreams_outsideTheCommandLine_areNotWrittenTo() {
        // EMAIL_BACKEND=console is there to print.
        assertThat(callers(System.class, name -> name.equals("out") || name.equals("err")))
                .allMatch(one -> one.startsWith(ROOT + ".cli.") || one.startsWith(ROOT + ".mail.MailTransport"));
    }

    @Test
    void logging_everywhere_isSlf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(CLASSES);
    }

    @Test
    void classes_named_tellWhatTheyDo() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)")
                .check(CLASSES);
    }

    private static Arguments home(String library, Set<String> rooms, String... exceptions) {
        return Arguments.of(library, rooms, Set.of(exceptions));
    }

    private static boolean isIn(JavaClass one, Set<String> rooms, Set<String> exceptions) {
        String path = one.getName().substring(ROOT.length() + 1);
        String outermost = path.replaceAll("\\$.*", "");
        return rooms.stream().anyMatch(room -> path.startsWith(room + "."))
                || exceptions.contains(outermost)
                || (outermost.endsWith("GrpcService") && exceptions.contains("*GrpcService"));
    }

    private static boolean mayDepend(Dependency dependency) {
        String from = room(dependency.getOriginClass());
        String to = room(dependency.getTargetClass());
        int floor = FLOORS.getOrDefault(from, -1);
        int below = FLOORS.getOrDefault(to, Integer.MAX_VALUE);
        // The root package and the command line are the top together: Main runs a command, a command starts an
        // Application.
        return from.equals(to) || below < floor || (floor == TOP && below == TOP);
    }

    /** The folder below dev.herald.server; empty for that itself. */
    private static String room(JavaClass one) {
        String inside = one.getPackageName().substring(ROOT.length());
        return inside.isEmpty() ? "" : inside.split("\\.")[1];
    }

    /** The classes that call a method or read a field of the owner. */
    private static Set<String> callers(Class<?> owner, Predicate<String> member) {
        return CLASSES.stream()
                .filter(one -> Stream.concat(
                                one.getAccessesFromSelf().stream(), one.getMethodReferencesFromSelf().stream())
                        .anyMatch(access ->
                                access.getTargetOwner().isEquivalentTo(owner) && member.test(access.getName())))
                .map(JavaClass::getName)
                .collect(Collectors.toSet());
    }
}
