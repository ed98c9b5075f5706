package dev.septet.activities.train.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The declaration and the policies of the page trainers.md. */
class SageMakerPageTest {
    private static final Path PAGE = Path.of("../../.github/docs/trainers.md");

    /** The actions of the worker's policy, which is the first one. */
    static Set<String> allowed() {
        return actions(policies().get(0));
    }

    private static Set<String> actions(JsonNode policy) {
        Set<String> actions = new TreeSet<>();
        policy.path("Statement").forEach(statement -> {
            assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
            statement.path("Action").forEach(action -> actions.add(action.asText()));
        });
        return actions;
    }

    private static List<JsonNode> policies() {
        return blocks("json")
                .filter(block -> block.contains("\"Statement\""))
                .map(SageMakerPageTest::json)
                .toList();
    }

    @Test
    void theDeclarationIsValidAndItsPoliciesFitIt(@TempDir Path temp) throws IOException {
        Path file = temp.resolve("trainers.yaml");
        String section = blocks("yaml")
                .filter(block -> block.startsWith("sagemaker:"))
                .findFirst()
                .orElseThrow();
        Files.writeString(file, "trainers: {trl: {command: [python3, /opt/trl/train.py]}}\n" + section);
        SageMakerAccount account = DeclaredTrainers.sagemaker(file);
        List<JsonNode> policies = policies();
        assertThat(policies).hasSize(2);
        assertThat(policies.get(0).toString())
                .contains(account.role())
                .contains("arn:aws:s3:::%s/%s*"
                        .formatted(account.bucket().bucket(), account.bucket().prefix()));
        assertThat(policies.get(1).toString())
                .contains("arn:aws:s3:::%s/%s*"
                        .formatted(account.bucket().bucket(), account.bucket().prefix()));
        assertThat(actions(policies.get(1))).noneMatch(action -> action.startsWith("sagemaker:"));
    }

    private static JsonNode json(String text) {
        try {
            return SpecJson.mapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> blocks(String language) {
        try {
            return Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL)
                    .matcher(Files.readString(PAGE))
                    .results()
                    .map(block -> block.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
