package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The declaration and the policy of the page bedrock.md, and what the operator's file may not say. */
class BedrockPageTest {
    @TempDir
    Path temp;

    private static String block(String language) throws IOException {
        Matcher block = Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../../.github/docs/bedrock.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private OperatorFile file(String text) throws IOException {
        return new OperatorFile(Files.writeString(temp.resolve("trainers.yaml"), text));
    }

    @Test
    void theDeclarationIsValidAndThePolicyFitsIt() throws IOException {
        BedrockAccount account = BedrockAccount.in(file(block("yaml"))).orElseThrow();

        assertThat(account.models().get("amazon.nova-micro-v1:0:128k"))
                .satisfies(model -> assertThat(model.hyperparameters()).hasSize(2));
        assertThat(account.baseline("amazon.nova-micro-v1:0:128k")).isEqualTo("amazon.nova-micro-v1:0");
        assertThat(account.baseline("meta.llama3-1-8b-instruct-v1:0")).isEqualTo("meta.llama3-1-8b-instruct-v1:0");
        assertThat(account.trains().url()).hasToString("https://bedrock.us-east-1.amazonaws.com");
        assertThat(account.answers().url()).hasToString("https://bedrock-runtime.us-east-1.amazonaws.com");
        JsonNode policy = SpecJson.mapper().readTree(block("json"));
        assertThat(policy.toString())
                .contains(account.role())
                .contains("arn:aws:s3:::%s/%s*"
                        .formatted(account.bucket().bucket(), account.bucket().prefix()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "region: us-east-1        | region: here               | bedrock: region: expected an AWS region",
                "role/septet-bedrock      | user/somebody              | bedrock: role: expected a role such as",
                "bucket: example-training | bucket: No_Bucket!         | bedrock: bucket: expected the name of a"
                        + " bucket",
                "rows: conversation       | rows: lines                | rows: expected conversation or completion",
                "price: 1.00              | price: -1                  | price: expected the price of a million",
                "learningRate: {          | epochCount: {              | epochCount is set by the word `epochs`",
                "type: number, min        | type: number, default: 1, min | default",
                "amazon.nova-micro-v1     | 'Nova Micro'               | ",
                "baseline: amazon.nova    | baseline: a b              | baseline: expected a model that Converse"
                        + " takes",
                "currency: USD            | currency: dollars          | bedrock: currency: expected a code of three",
                "currency: USD            | endpoint: http://there     | an address that begins with https://",
                "currency: USD            | profile: x                 | bedrock: has no `profile`; it has region",
            })
    void whatIsNotUnderstoodIsRefused(String before, String after, String expected) throws IOException {
        OperatorFile file = file(block("yaml").replace(before, after));

        assertThatThrownBy(() -> BedrockAccount.in(file))
                .hasMessageContaining("trainers.yaml (SEPTET_TRAINERS): ")
                .hasMessageContaining(expected == null ? "" : expected);
    }

    @Test
    void theNameOfTheEndpointIsTakenOnce() throws IOException {
        Path path = file(block("yaml") + "\nendpoints: {bedrock: {url: \"https://llm.example.com/v1\", models: [m]}}\n")
                .path();

        assertThatThrownBy(() -> new ModelEndpoints(path, Map.of()).all())
                .hasMessageContaining("endpoints: bedrock: this name belongs to the section `bedrock:`");
        Path without = file("endpoints: {other: {url: \"https://llm.example.com/v1\", models: [m]}}\n")
                .path();
        assertThatThrownBy(() -> new ModelEndpoints(without, Map.of()).bedrock("train: by bedrock(...)"))
                .hasMessageContaining("has no section `bedrock:`; see the page bedrock.md");
    }
}
