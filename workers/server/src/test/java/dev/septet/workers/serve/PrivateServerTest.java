package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.EndpointHost;
import dev.septet.activities.deploy.chain.EndpointLink;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own server is asked as strangers ask it, and held to the model it should serve. */
class PrivateServerTest {
    private static final Path MODEL =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();

    @TempDir
    Path temp;

    @Test
    void answersExactlyAsItsModel() throws IOException {
        ChainReport report = asked(MODEL);
        assertThat(report.broken().map(ChainCheck::sentence)).isEmpty();
        assertThat(report.checks()).hasSize(2);
    }

    @Test
    void isFoundOutWhenItServesAnotherTemplate() throws IOException {
        Path other = temp.resolve("other");
        Files.createDirectories(other);
        for (String name : List.of(
                "config.json",
                "generation_config.json",
                "model.safetensors",
                "tokenizer.json",
                "tokenizer_config.json")) {
            Files.copy(MODEL.resolve(name), other.resolve(name));
        }
        Path words = other.resolve("tokenizer_config.json");
        String text = Files.readString(words);
        Files.delete(words);
        Files.writeString(words, text.replace("assistant", "user"));
        ChainCheck broken = asked(other).broken().orElseThrow();
        assertThat(broken.sentence())
                .startsWith("link 'endpoint' of the chain is broken: http://127.0.0.1:")
                .contains("allowed is at most");
    }

    private static ChainReport asked(Path served) throws IOException {
        try (EndpointHost.Running server = new PrivateServer().start("own", served)) {
            assertThat(ChainEndpoint.models(server.address(), null)).containsExactly("own");
            return new EndpointLink(MODEL, null, ChainProbes.PLAIN, false)
                    .verify(new ChainEndpoint(server.address(), "own", null));
        }
    }
}
