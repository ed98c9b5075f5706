package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Golden;
import dev.septet.settings.ProcessKind;
import dev.septet.settings.Setting;
import dev.septet.workers.Role;
import dev.septet.workers.supervise.BaseEnvironment;
import io.temporal.envconfig.ClientConfigProfile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the sources read is what {@link Setting} declares, what is declared is read and explained,
 * and each process is told what it reads.
 */
class DeclaredSettingsTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final Path PAGE = ROOT.resolve(".github/docs/settings.md");
    private static final List<String> MODULES = List.of(
            "dsl",
            "workflows",
            "activities/engine",
            "activities/stages",
            "workers/runtime",
            "workers/server",
            "workers/cli",
            "examples",
            "examples/benchmarks");

    /** Reads a variable by something else than a declaration. */
    private static final Pattern READ = Pattern.compile(
            "(?:\\b[eE]nvironment(?:\\(\\))?|getenv\\(\\))\\s*\\.\\s*(?:get|getOrDefault|containsKey)\\s*\\([^)]*|getenv\\(\\s*[^)\\s][^)]*");

    /** A literal that is nothing but a name. */
    private static final Pattern LITERAL = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");

    /** A name of a family that Septet reads, wherever it stands, but for constants of Java. */
    private static final Pattern MENTION =
            Pattern.compile("(?<![\\w.])(?:SEPTET|TEMPORAL|AWS|HF|XDG)_[A-Z0-9][A-Z0-9_]*+(?!\\()");

    /** A declaration that is used for more than its name. */
    private static final Pattern USE =
            Pattern.compile("\\bSetting\\s*\\.\\s*(\\w+)\\b(?!\\s*\\.\\s*(?:variable|standard|prefix|suffix)\\b)");

    private static final Pattern PROPERTY =
            Pattern.compile("(?:getProperty|getBoolean|getInteger|getLong)\\(\\s*\"([^\"]+)\"");

    /** Files that read variables by names that are not known before. */
    private static final Map<String, String> READERS = Map.of(
            "Setting.java", "the declarations",
            "EffectiveSettings.java", "septet env: every declared one",
            "VerifyCommand.java", "the name is an option's value",
            "EndpointClient.java", "the name is in the operator's file",
            "OperatorName.java", "the name is in the operator's file",
            "TrafficProgram.java", "a program of the examples, named on its page",
            "EstimateBenchmark.java", "a benchmark, which nobody else runs");

    /** Literals of this form that are not read from the environment. */
    private static final Set<String> NOT_READ = Set.of(
            "CAUSAL_LM",
            "FINE_TUNING",
            "THIS_REPOSITORY",
            "NO_GO",
            "RESOURCE_DOES_NOT_EXIST",
            "RESOURCE_ALREADY_EXISTS",
            // Given to children.
            "MALLOC_ARENA_MAX",
            "OPENAI_API_KEY");

    /** Files whose literals are names that they pass on. */
    private static final Set<String> PASS_ON =
            Set.of("BaseEnvironment.java", "ProcessEnvironment.java", "Setting.java");

    /** Variables of the tests, which only the developers' page names. */
    private static final Set<String> OF_TESTS = Set.of(
            "SEPTET_SMOLLM2_GGUF",
            "SEPTET_GEMMA3_GGUF",
            "SEPTET_S3_SERVER",
            "SEPTET_KUBE_APISERVER",
            "SEPTET_VLLM",
            "SEPTET_PROMETHEUS",
            "SEPTET_TRACKERS_PYTHON");

    /** Set for outside trainers, and read by them only. */
    private static final Set<String> OF_TRAINERS = Set.of("SEPTET_RUN");

    /** Their descriptions say that {@code septet dev} does not pass them on. */
    private static final Set<Setting> NOT_PASSED_ON =
            Set.of(Setting.TOKENIZERS_CACHE, Setting.RUST_LIBRARY_PATH, Setting.RUST_FLAVOR);

    private static Stream<Path> sources(String ending) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main"))) {
                files.filter(file -> file.toString().endsWith(ending)).forEach(all::add);
            }
        }
        assertThat(all).as("sources that end in %s", ending).isNotEmpty();
        return all.stream();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult hit) -> hit.group(group).replaceAll("\\s+", " "))
                .toList();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    @Test
    void everyVariableIsReadThroughItsDeclaration() throws IOException {
        Map<Path, List<String>> reads = new TreeMap<>();
        Map<Path, List<String>> literals = new TreeMap<>();
        Set<String> exceptions = new java.util.TreeSet<>();
        sources(".java").forEach(file -> {
            String text = read(file);
            List<String> here = found(READ, text, 0);
            if (READERS.containsKey(name(file))) {
                exceptions.add(name(file));
            } else if (!here.isEmpty()) {
                reads.put(file, here);
            }
            List<String> names = new ArrayList<>(found(LITERAL, text, 1));
            names.removeAll(NOT_READ);
            if (!names.isEmpty() && !PASS_ON.contains(name(file)) && !file.startsWith(ROOT.resolve("examples"))) {
                literals.put(file, names);
            }
        });

        assertThat(reads).as("reads without a constant of Setting").isEmpty();
        assertThat(literals).as("names that are not taken from Setting").isEmpty();
        assertThat(exceptions).as("exceptions that are still there").isEqualTo(READERS.keySet());
    }

    @Test
    void everyNameThatIsWrittenIsDeclared() throws IOException {
        List<Path> files = new ArrayList<>(sources(".java").toList());
        files.addAll(List.of(ROOT.resolve("README.md"), ROOT.resolve("septet")));
        try (Stream<Path> pages = Files.walk(ROOT.resolve(".github"))) {
            pages.filter(page -> page.toString().endsWith(".md")).forEach(files::add);
        }
        Map<String, Path> unknown = new TreeMap<>();
        for (Path file : files) {
            for (String variable : found(MENTION, read(file), 0)) {
                boolean stem = variable.endsWith("_");
                if (!OF_TESTS.contains(variable)
                        && !OF_TRAINERS.contains(variable)
                        && !stem
                        && Setting.of(variable).isEmpty()) {
                    unknown.put(variable, file);
                }
            }
        }

        assertThat(unknown).as("names without a declaration").isEmpty();
    }

    @Test
    void everyDeclarationIsRead() throws IOException, URISyntaxException {
        String code = sources(".java")
                .filter(file -> !READERS.containsKey(name(file)))
                .map(DeclaredSettingsTest::read)
                .collect(Collectors.joining("\n"));
        String launcher = read(ROOT.resolve("septet"));
        String sdk = sdk();
        Set<String> used = Set.copyOf(found(USE, code, 1));
        List<Setting> unread = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            boolean read = used.contains(setting.name())
                    || launcher.contains("${" + setting.variable() + ":-}")
                    || TrainingEnvironment.of(Map.of()).containsKey(setting.variable())
                    || (setting.variable().startsWith("TEMPORAL_") && sdk.contains(setting.prefix()))
                    || setting.variable().startsWith("OTEL_"); // read by OpenTelemetry's SDK
            if (!read) {
                unread.add(setting);
            }
        }

        assertThat(unread).isEmpty();
    }

    /** The names in the classes of Temporal's SDK that read the environment. */
    private static String sdk() throws IOException, URISyntaxException {
        Path jar = Path.of(ClientConfigProfile.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        StringBuilder names = new StringBuilder();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                if (entry.getName().endsWith(".class")) {
                    names.append(new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return names.toString();
    }

    @Test
    void everyDeclarationIsExplainedOnThePageThatItNames() {
        for (Setting setting : Setting.values()) {
            if (setting.page().isEmpty()) {
                assertThat(setting.variable())
                        .as("a variable of Septet's own has a page")
                        .doesNotStartWith("SEPTET_");
                continue;
            }
            String page = read(page(setting));
            String name = setting.isPattern() ? setting.prefix() : setting.variable();
            assertThat(page)
                    .as("%s, which explains %s", setting.page(), setting)
                    .containsPattern("\\b" + name + (setting.isPattern() ? "\\w" : "\\b"));
        }
    }

    private static Path page(Setting setting) {
        return setting.page().equals("README.md")
                ? ROOT.resolve("README.md")
                : ROOT.resolve(".github").resolve(setting.page());
    }

    @Test
    void theEngineGetsTheDefaultsThatAreDeclared() {
        Map<String, String> declared = new HashMap<>();
        TrainingEnvironment.of(Map.of())
                .keySet()
                .forEach(name -> declared.put(
                        name, Setting.of(name).map(Setting::standard).orElse("")));

        assertThat(TrainingEnvironment.of(Map.of())).isEqualTo(declared);
    }

    /** A process gets what it reads, and no secret that it does not read. */
    @Test
    void devPassesOnWhatEachProcessReads() {
        Map<ProcessKind, String> wrong = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            String variable = setting.variable().replace("<NAME>", "X");
            Map<String, String> all = setting == Setting.STORE
                    ? Map.of(variable, "s3://bucket")
                    : Map.of(variable, "v", Setting.STORE.variable(), "s3://bucket");
            Map<ProcessKind, Map<String, String>> given = Map.of(
                    ProcessKind.LIGHT, ProcessEnvironment.worker(Role.LIGHT, all),
                    ProcessKind.TRAINING, ProcessEnvironment.worker(Role.TRAINING, all),
                    ProcessKind.SERVER, ProcessEnvironment.serving(all));
            given.forEach((process, environment) -> {
                boolean passed = environment.containsKey(variable) || BaseEnvironment.holds(variable);
                boolean reads = setting.readers().contains(process);
                boolean excused = NOT_PASSED_ON.contains(setting)
                        // Their callers add them.
                        || (setting == Setting.API_KEYS && process == ProcessKind.SERVER)
                        // As their descriptions say.
                        || (process == ProcessKind.LIGHT
                                && Set.of(Setting.DJL_CACHE_DIR, Setting.ENGINE_CACHE_DIR, Setting.OPT_OUT_TRACKING)
                                        .contains(setting));
                if ((reads && !passed && !excused) || (!reads && passed && setting.secret())) {
                    wrong.merge(process, setting.name(), (a, b) -> a + ", " + b);
                }
            });
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void systemPropertiesAreTheJvmsTheLaunchersOrOnThePage() throws IOException {
        String launcher = read(ROOT.resolve("septet"));
        String page = read(PAGE);
        Set<String> unknown = new java.util.TreeSet<>();
        sources(".java")
                .filter(file -> !file.startsWith(ROOT.resolve("examples")))
                .flatMap(file -> found(PROPERTY, read(file), 1).stream())
                .filter(name -> !name.matches("(java|os|user|file|line|path)\\..*"))
                .filter(name -> !launcher.contains("-D" + name + "="))
                .filter(name -> !page.contains("`-D" + name + "="))
                .forEach(unknown::add);

        assertThat(unknown).isEmpty();
    }

    @Test
    void thePageIsTheDeclarations() {
        StringBuilder page = new StringBuilder("""
            # Settings

            After reading this page you can find and set each environment variable that Septet reads. `./septet env` shows
            the value of each variable on this machine, and its source. `./septet env --json` prints JSON. Neither shows the
            value of a secret. `run`, `dev`, `worker` and programs with `SeptetPlugin` do not start if a value is invalid.
            The message names the variable, the value and what is expected. The build generates this page from `Setting`;
            change the texts there.

            | process | meaning |
            | --- | --- |
            | launcher | the script `septet` |
            | commands | commands that a person enters, and `septet dev` |
            | light worker, training worker | `septet worker --role`, which `septet dev` also starts |
            | model server | `septet serve`, which `septet dev` starts for `target http` |
            | plugin host | [a program with `SeptetPlugin`](../../examples/embed-plugin/README.md) |

            `septet dev` passes a secret on only to processes that read it ([secrets of pipelines](language.md#secrets)).
            """);
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("SEPTET_", "Septet's own");
        parts.put("AWS_", "Object stores");
        parts.put("HF_", "The Hugging Face hub");
        parts.put("TEMPORAL_", "The Temporal server");
        parts.put("OTEL_", "OpenTelemetry");
        parts.put("", "Engine and system");
        List<Setting> left = new ArrayList<>(Arrays.asList(Setting.values()));
        parts.forEach((prefix, title) -> {
            page.append("\n## %s\n\n| variable | default | read by | description |\n| --- | --- | --- | --- |\n"
                    .formatted(title));
            left.stream()
                    .filter(setting -> setting.variable().startsWith(prefix))
                    .forEach(setting -> page.append(row(setting)));
            left.removeIf(setting -> setting.variable().startsWith(prefix));
        });
        page.append("""

            The launcher and `septet dev` set the first eight of these for processes that compute, if they are not set.
            The engine's libraries read more variables, which Septet passes on but does not read: names that begin with `OMP_`,
            `GOMP_`, `KMP_`, `MKL_`, `ONEDNN_`, `DNNL_`, `MALLOC_`, `PYTORCH_`, `TORCH_`, `CUDA_`, `CUBLAS_` and `NVIDIA_` reach training workers
            and model servers; `HTTPS_PROXY` and similar variables reach workers.

            ## System properties

            Set them for the JVM in `JAVA_TOOL_OPTIONS`.

            | property | description |
            | --- | --- |
            | `-Dlogback.configurationFile=FILE` | use this logback configuration instead of Septet's |
            | `-Dai.djl.offline=false` | DJL may download native libraries that are not in the build |
            """);
        Golden.check(PAGE, page.toString());
    }

    private static String row(Setting setting) {
        String more = "";
        if (!setting.page().isEmpty()) {
            String target = setting.page().equals("README.md")
                    ? "../../README.md"
                    : setting.page().replace("docs/", "");
            more = " [More](%s)".formatted(target);
        }
        return "| `%s` | %s | %s | %s%s%s |\n"
                .formatted(
                        setting.variable(),
                        setting.standard().equals("-") ? "" : setting.standard(),
                        Arrays.stream(ProcessKind.values())
                                .filter(setting.readers()::contains)
                                .map(ProcessKind::title)
                                .collect(Collectors.joining(", ")),
                        setting.secret() ? "*Secret.* " : "",
                        setting.description(),
                        more);
    }
}
