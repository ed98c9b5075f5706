package dev.septet.workers.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.local.RealBinary;
import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProbe;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine with namespaces, but without JNA's native library: a JVM that may not unpack it. */
@Timeout(240)
class WithoutNamespaceTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void theServerComesUpAndTheReasonIsTold() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(java(Start.class.getName(), folder.toString()))
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("errors.txt")))
                .isZero();
        assertThat(said).contains("answers: JNA cannot load its native library, which a network namespace" + " needs");
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djna.nounpack=true",
                "-Djna.boot.library.path=/nowhere",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts a server in a process where JNA does not load. */
    static final class Start {
        private Start() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Path folder = Path.of(arguments[0]);
            try (ServerGateway gateway = ServerGateway.start(
                    RealBinary.path(),
                    folder.resolve("temporal.db"),
                    new ServerPorts(0, 0),
                    folder,
                    folder.resolve("server.toml"),
                    java())) {
                ServerPlan plan = gateway.plan();
                Process server = new ProcessBuilder(plan.command())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("server.out").toFile())
                        .start();
                WorkflowServiceStubs stubs =
                        WorkflowServiceStubs.newServiceStubs(plan.server().options());
                boolean answers = false;
                for (int tries = 0; tries < 60 && server.isAlive() && !answers; tries++) {
                    answers = ServerProbe.answers(stubs, Duration.ofSeconds(1));
                }
                System.out.printf(
                        "%s: %s%n",
                        answers ? "answers" : "does not answer",
                        gateway.obstacle()
                                .map(NetworkNamespace.Obstacle::reason)
                                .orElse(""));
                stubs.shutdownNow();
                server.destroyForcibly().waitFor();
            }
        }
    }
}
