package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.Role;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a checkout of its own. In Maven's place a script packs a program of two classes
 * into the modules' jars; the program names its version, waits for a line if told to, and only then
 * loads its second class.
 */
@Tag("long")
@Timeout(120)
class LauncherTest {
    private static final Path CHECKOUT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final List<String> MODULES = List.of(
            "dsl",
            "workflows",
            "activities/engine",
            "activities/stages",
            "workers/runtime",
            "workers/server",
            "workers/cli");

    /** The variables that choose a libtorch. */
    private static final List<String> CHOICE = List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_FLAVOR", "PYTORCH_VERSION");

    private static final String PROGRAM = """
        package dev.septet.workers.cli;
        public class Septet {
            public static void main(String[] words) throws Exception {
                System.out.println("VERSION");
                if (words.length > 0 && words[0].equals("plugins")) {
                    System.out.println(System.getProperty("java.class.path").replaceAll(".*?(:[^:]*plugins[^:]*|$)", "$1"));
                    System.exit(0);
                }
                if (words.length > 0 && words[0].equals("wait")) {
                    System.in.read();
                }
                new Late(words);
            }
        }
        class Late {
            Late(String[] words) {
                System.out.println("late VERSION");
                if (words.length > 0 && words[0].equals("stop")) {
                    System.exit(7);
                }
                for (String name : new String[] {NAMES}) {
                    System.out.println(name + "=" + System.getenv(name));
                }
                System.out.println(java.lang.management.ManagementFactory.getRuntimeMXBean()
                        .getInputArguments());
            }
        }
        """;

    @TempDir
    private Path root = Path.of("");

    private Path home = Path.of("");

    @BeforeEach
    void checkout() throws IOException {
        home = Files.createDirectories(root.resolve("checkout")).toRealPath();
        Files.copy(CHECKOUT.resolve("septet"), home.resolve("septet"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        for (String module : MODULES) {
            Files.createDirectories(home.resolve(module).resolve("src/main/java"));
            Files.writeString(home.resolve(module).resolve("pom.xml"), "<project/>");
        }
        Path resource = Path.of("src/main/resources/dev/septet/workers/local/training.env");
        Files.createDirectories(
                home.resolve("workers/runtime").resolve(resource).getParent());
        Files.copy(
                CHECKOUT.resolve("workers/runtime").resolve(resource),
                home.resolve("workers/runtime").resolve(resource));
        Path maven = Files.createDirectories(root.resolve("bin")).resolve("mvn");
        Files.writeString(maven, """
            #!/usr/bin/env bash
            echo built >>'ROOT/builds'
            [ -f 'ROOT/broken' ] && { echo '[ERROR] it is broken'; exit 1; }
            for module in MODULES; do
                mkdir -p "$module/target"
                cp "ROOT/next/${module##*/}.jar" "$module/target/septet-${module##*/}-1.jar"
            done
            printf '%s' "$PWD/activities/engine/target/septet-engine-1.jar:$PWD/dsl/target/septet-dsl-1.jar" \\
                >workers/cli/target/septet.classpath
            """.replace("ROOT", root.toString()).replace("MODULES", String.join(" ", MODULES)));
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void aBuildLeavesTheProcessesOfThoseBeforeIt() throws Exception {
        next("one");
        Process first = start(Map.of(), "wait");
        BufferedReader said = first.inputReader(StandardCharsets.UTF_8);
        assertThat(said.readLine()).startsWith("Building Septet");
        assertThat(said.readLine()).isEqualTo("one");

        for (String version : List.of("two", "three", "four", "five")) {
            change();
            next(version);
            assertThat(run(Map.of())).startsWith(version + "\nlate " + version + "\n");
        }
        assertThat(builds()).as("the running one and the latest three").hasSize(4);

        try (BufferedWriter in = first.outputWriter(StandardCharsets.UTF_8)) {
            in.write("\n");
        }
        assertThat(said.readLine()).isEqualTo("late one");
        assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).isZero();

        change();
        next("seven");
        assertThat(run(Map.of())).startsWith("seven");
        assertThat(builds()).as("nobody runs the first any more").hasSize(3);
    }

    @Test
    void jarsOfTheFolderOfPluginsAreOnTheClassPath() throws Exception {
        next("one");
        Path state = Files.createDirectories(home.resolve(".septet/plugins"));
        Files.writeString(state.resolve("notes.txt"), "");
        Files.writeString(state.resolve("a.jar"), "");
        Files.writeString(state.resolve("b c.jar"), "");
        assertThat(run(Map.of(), "plugins")).isEqualTo("one\n:%s/a.jar:%s/b c.jar\n".formatted(state, state));
        Path other = Files.createDirectories(root.resolve("plugins of mine"));
        Files.writeString(other.resolve("d.jar"), "");
        assertThat(run(Map.of("SEPTET_PLUGINS", other.toString()), "plugins"))
                .isEqualTo("one\n:%s/d.jar\n".formatted(other.toRealPath()));
        assertThat(run(Map.of("SEPTET_PLUGINS", "nowhere"), "plugins"))
                .isEqualTo("septet: SEPTET_PLUGINS is nowhere, but there is no such folder. Correct or unset it.\n");
    }

    @Test
    void buildsOnlyWhatChanged() throws Exception {
        next("one");
        assertThat(run(Map.of())).startsWith("one");
        assertThat(run(Map.of())).startsWith("one");
        assertThat(built()).isEqualTo(1);

        try (Stream<Path> left = Files.walk(home.resolve("workers/cli/target"))) {
            left.filter(Files::isRegularFile)
                    .forEach(file -> assertThat(file.toFile().delete()).isTrue());
        }
        assertThat(run(Map.of())).as("after mvn clean").startsWith("one");
        assertThat(built()).isEqualTo(1);

        change();
        Files.createFile(root.resolve("broken"));
        assertThat(run(Map.of())).contains("the build failed", "[ERROR] it is broken");
        Files.delete(root.resolve("broken"));
        next("two");
        assertThat(run(Map.of())).startsWith("two");
        assertThat(built()).isEqualTo(3);
    }

    /** Maven was run by hand, as `mvn verify` does: nothing is left to build. */
    @Test
    void takesOverWhatMavenHasBuilt() throws Exception {
        next("one");
        Process maven = new ProcessBuilder(root.resolve("bin/mvn").toString())
                .directory(home.toFile())
                .start();
        assertThat(maven.waitFor()).isZero();
        assertThat(run(Map.of())).startsWith("one");
        assertThat(built()).isEqualTo(1);
    }

    /** Its class paths name the old place, where nothing is left. */
    @Test
    void aCheckoutThatWasMovedRunsItsOwnJars() throws Exception {
        next("one");
        assertThat(run(Map.of())).startsWith("one");
        Path moved = root.resolve("moved");
        Process move = new ProcessBuilder("mv", home.toString(), moved.toString())
                .inheritIO()
                .start();
        assertThat(move.waitFor()).isZero();
        home = moved.toRealPath();

        assertThat(run(Map.of())).startsWith("one\nlate one\n");
        assertThat(built()).isEqualTo(1);
    }

    @Test
    void aCheckoutInsideAnArchiveIsACheckout() throws Exception {
        next("one");
        Path lib = Files.createDirectories(root.resolve("lib"));
        Files.writeString(lib.resolve("septet.classpath"), "./other.jar");

        assertThat(run(Map.of())).contains("one\nlate one\n");
        assertThat(root.resolve("builds")).exists();
    }

    /** No Maven, no JAVA_HOME and no java on PATH; state is not kept in the archive, which a new version replaces. */
    @Test
    void anArchiveRunsItsOwnJarsWithItsOwnJava() throws Exception {
        next("one");
        Path archive = Files.createDirectories(root.resolve("septet 1")).toRealPath();
        Path lib = Files.createDirectories(archive.resolve("lib"));
        for (String module : List.of("cli", "dsl")) {
            Files.copy(root.resolve("next").resolve(module + ".jar"), lib.resolve(module + ".jar"));
        }
        Files.writeString(lib.resolve("septet.classpath"), "./cli.jar:./dsl.jar");
        Files.copy(
                CHECKOUT.resolve("workers/runtime/src/main/resources/dev/septet/workers/local/training.env"),
                lib.resolve("training.env"));
        Path launcher = Files.createDirectories(archive.resolve("bin")).resolve("septet");
        Files.copy(CHECKOUT.resolve("septet"), launcher);
        Files.createSymbolicLink(archive.resolve("runtime"), Path.of(System.getProperty("java.home")));
        Path plugin = Files.createDirectories(root.resolve("home/.local/state/septet/plugins"))
                .resolve("a.jar");
        Files.writeString(plugin, "");
        Path link = Files.createSymbolicLink(root.resolve("linked"), launcher);
        home = link;
        Map<String, String> environment =
                Map.of("JAVA_HOME", "/nowhere", "HOME", root.resolve("home").toString(), "XDG_STATE_HOME", "");

        assertThat(run(environment, "serve"))
                .startsWith("one\nlate one\n")
                .contains("LRU_CACHE_CAPACITY=128\n", "-Dseptet.home=" + archive);
        assertThat(run(environment, "plugins")).isEqualTo("one\n:" + plugin.toRealPath() + "\n");
        assertThat(root.resolve("builds")).doesNotExist();
        assertThat(archive.resolve(".septet")).doesNotExist();

        Files.delete(archive.resolve("runtime"));
        assertThat(run(environment))
                .isEqualTo(
                        "septet: %s/runtime/bin/java is missing. Unpack the archive again, or reinstall the package.\n"
                                .formatted(archive));
    }

    @Test
    void aSignedArchiveIsCheckedBeforeItRuns() throws Exception {
        next("one");
        Path archive = Files.createDirectories(root.resolve("septet-9.9.9")).toRealPath();
        Path lib = Files.createDirectories(archive.resolve("lib"));
        for (String module : List.of("cli", "dsl")) {
            Files.copy(root.resolve("next").resolve(module + ".jar"), lib.resolve(module + ".jar"));
        }
        Files.writeString(lib.resolve("septet.classpath"), "./cli.jar:./dsl.jar");
        Files.copy(
                CHECKOUT.resolve("septet"),
                Files.createDirectories(archive.resolve("bin")).resolve("septet"));
        Path java = Files.createDirectories(archive.resolve("runtime/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexec '%s/bin/java' \"$@\"\n".formatted(System.getProperty("java.home")));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Path release = Files.createDirectories(root.resolve("release"));
        Path packed = release.resolve("septet-9.9.9-linux-x86_64.tar.gz");
        command("tar", "-czf", packed.toString(), "-C", root.toString(), "septet-9.9.9");
        Path signers = sign("releaser", release);
        Path list = release.resolve("septet-9.9.9-linux-x86_64.files");
        Map<String, String> environment =
                Map.of("SEPTET_RELEASE_SIGNERS", signers.toString(), "SEPTET_RELEASE_FILES", list.toString());
        Path checkout = home;
        home = archive.resolve("bin/septet");

        assertThat(run(environment)).startsWith("one\nlate one\n");

        Path added = Files.writeString(lib.resolve("septet.jsa"), "classes of somebody else");
        assertThat(run(environment))
                .startsWith("septet: %s is not a file of this release. Do not run it".formatted(added));
        Files.delete(added);
        Files.createSymbolicLink(added, Path.of("/nowhere"));
        assertThat(run(environment)).startsWith("septet: %s is not a file of this release".formatted(added));
        assertThat(start(environment).waitFor())
                .as("no restart of a service helps")
                .isEqualTo(2);
        Files.delete(added);
        byte[] jar = Files.readAllBytes(lib.resolve("dsl.jar"));
        Files.write(lib.resolve("dsl.jar"), Files.readAllBytes(lib.resolve("cli.jar")));
        assertThat(run(environment))
                .startsWith("septet: %s/dsl.jar is not the file that was released. Do not run it".formatted(lib));
        Files.delete(lib.resolve("dsl.jar"));
        assertThat(run(environment)).startsWith("septet: %s/dsl.jar is missing. Do not run it".formatted(lib));
        Files.write(lib.resolve("dsl.jar"), jar);
        assertThat(run(environment)).as("as it was").startsWith("one\nlate one\n");

        assertThat(run(Map.of("SEPTET_RELEASE_FILES", "release/" + list.getFileName())))
                .contains("write paths that begin with /");
        Files.setPosixFilePermissions(release, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(run(environment)).startsWith("septet: others may write to " + release + ",");
        Files.setPosixFilePermissions(release, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(signers, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(run(environment))
                .startsWith("septet: others may write to " + signers)
                .contains("chmod go-w");
        Path stranger = sign("stranger", release);
        Files.setPosixFilePermissions(signers, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run(environment)).contains("is not a signature of " + list + " by a key that " + signers);
        assertThat(stranger).exists();
        Files.delete(list.resolveSibling(list.getFileName() + ".sig"));
        assertThat(run(environment)).contains(list + ".sig cannot be read. Put it there, or unset the variable.");
        assertThat(start(environment).waitFor()).isEqualTo(2);

        home = checkout;
        assertThat(run(environment)).contains(" is a checkout, and checkouts are not signed. Unset it.");
    }

    /** Signs the release with a new key, and returns the file that allows this key. */
    private Path sign(String name, Path release) throws Exception {
        Path key = root.resolve(name);
        command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        command(CHECKOUT.resolve(".ci/sign-release").toString(), key.toString(), release.toString());
        return Files.writeString(
                root.resolve(name + ".signers"), "release " + Files.readString(root.resolve(name + ".pub")));
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void aWorkerThatTrainsHasTheEnvironmentThatDevGives() throws Exception {
        next("one");
        Map<String, String> wanted = TrainingEnvironment.of(Map.of());
        for (List<String> words : List.of(
                List.of("worker"),
                List.of("worker", "--role", "training"),
                List.of("worker", "--slots", "2", "--role=all"))) {
            String said = run(Map.of(), words.toArray(String[]::new));
            wanted.forEach((name, value) -> assertThat(said).contains(name + "=" + value + "\n"));
            assertThat(said)
                    .contains(WorkerProcessSpecs.options(Role.TRAINING).toArray(String[]::new))
                    .doesNotContain("TieredStopAtLevel");
        }
        String light = run(Map.of(), "worker", "--role", "LIGHT");
        wanted.keySet().forEach(name -> assertThat(light).contains(name + "=null\n"));
        assertThat(light)
                .contains(WorkerProcessSpecs.options(Role.LIGHT).toArray(String[]::new))
                .doesNotContain("TieredStopAtLevel");
        assertThat(run(Map.of(), "lint", "--role", "training")).contains("GOMP_SPINCOUNT=null\n", "TieredStopAtLevel");
        assertThat(run(Map.of("GOMP_SPINCOUNT", "7"), "serve", "quickstart"))
                .contains("GOMP_SPINCOUNT=7\n", "LRU_CACHE_CAPACITY=128\n", "-Doffline=true");
    }

    @Test
    void aProcessLoadsTheLibtorchThatTheStateFolderChooses() throws Exception {
        next("one");
        Path libraries = Files.createDirectories(root.resolve("lib torch"));
        Files.createFile(libraries.resolve("libtorch_cuda.so"));
        Path state = Files.createDirectories(home.resolve(".septet"));
        String chosen = "PYTORCH_LIBRARY_PATH=%s\n".formatted(libraries);
        Files.writeString(
                state.resolve("gpu.env"), chosen + "PYTORCH_FLAVOR=cu128\nPYTORCH_VERSION=2.7.1\nPATH=/nowhere\n");

        for (String word : List.of("worker", "dev", "plan", "doctor", "serve")) {
            assertThat(run(Map.of(), word)).contains(chosen, "PYTORCH_FLAVOR=cu128\n", "PYTORCH_VERSION=2.7.1\n");
        }
        assertThat(run(Map.of(), "worker", "--role", "light")).contains("PYTORCH_LIBRARY_PATH=null\n");
        assertThat(run(Map.of("PYTORCH_LIBRARY_PATH", ""), "worker"))
                .as("the user's choice comes first")
                .contains("PYTORCH_LIBRARY_PATH=\n", "PYTORCH_FLAVOR=null\n");
        assertThat(run(Map.of("SEPTET_STATE", root.resolve("other").toString()), "worker"))
                .as("another state folder")
                .contains("PYTORCH_LIBRARY_PATH=null\n");

        Files.delete(libraries.resolve("libtorch_cuda.so"));
        assertThat(run(Map.of(), "worker"))
                .as("what it chose is gone")
                .contains("PYTORCH_LIBRARY_PATH=null\n", "PYTORCH_FLAVOR=null\n");
    }

    @Test
    void isTheProcessThatSignalsAndExitCodesAreOf() throws Exception {
        next("one");
        assertThat(run(Map.of())).startsWith("one");
        assertThat(start(Map.of(), "stop").waitFor()).isEqualTo(7);
        Process waiting = start(Map.of(), "wait");
        assertThat(waiting.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("one");
        assertThat(waiting.toHandle().info().command().orElseThrow()).endsWith("java");
        waiting.destroy();
        assertThat(waiting.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.exitValue()).isEqualTo(143);
    }

    /** What Maven will build from now on. */
    private void next(String version) throws IOException {
        Path folder = Files.createDirectories(root.resolve("next"));
        Path source = folder.resolve("Septet.java");
        List<String> shown = new ArrayList<>(TrainingEnvironment.of(Map.of()).keySet());
        shown.addAll(CHOICE);
        String names = String.join("\", \"", shown);
        Files.writeString(source, PROGRAM.replace("VERSION", version).replace("NAMES", "\"" + names + "\""));
        int status =
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), source.toString());
        assertThat(status).isZero();
        Path classes = folder.resolve("dev/septet/workers/cli");
        jar("cli", classes.resolve("Septet.class"));
        jar("dsl", classes.resolve("Late.class"));
        for (String module : List.of("server", "runtime", "stages", "engine", "workflows")) {
            jar(module, null);
        }
    }

    private void jar(String module, @org.jspecify.annotations.Nullable Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(root.resolve("next").resolve(module + ".jar"));
                JarOutputStream jar = new JarOutputStream(out)) {
            JarEntry entry = new JarEntry(file == null ? module : "dev/septet/workers/cli/" + file.getFileName());
            entry.setTime(0);
            jar.putNextEntry(entry);
            if (file != null) {
                jar.write(Files.readAllBytes(file));
            }
        }
    }

    /** A source changes, and is newer than all that was built, also where clocks are coarse. */
    private void change() throws IOException {
        Path source = home.resolve("dsl/src/main/java/Changed.java");
        Files.writeString(source, "// changed");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
        Files.setLastModifiedTime(source.getParent(), FileTime.from(Instant.now()));
        await().atMost(Duration.ofSeconds(5))
                .until(() -> Files.getLastModifiedTime(source).toInstant().isBefore(Instant.now()));
    }

    private int built() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    private List<Path> builds() throws IOException {
        try (Stream<Path> all = Files.list(home.resolve(".septet/builds"))) {
            return all.filter(folder -> Files.isDirectory(folder.resolve("lib")))
                    .toList();
        }
    }

    private String run(Map<String, String> environment, String... words) throws Exception {
        Process process = start(environment, words);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said.replaceAll("(?m)^(Building Septet|  still building).*\n", "");
    }

    private Process start(Map<String, String> environment, String... words) throws IOException {
        String launcher = (Files.isDirectory(home) ? home.resolve("septet") : home).toString();
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeAll(TrainingEnvironment.of(Map.of()).keySet());
        builder.environment().keySet().removeAll(CHOICE);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().compute("PATH", (name, path) -> root.resolve("bin") + ":" + path);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
