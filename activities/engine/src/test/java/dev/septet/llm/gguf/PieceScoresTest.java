package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What merges can say and scores cannot, or the other way round, is refused. */
class PieceScoresTest {
    @TempDir
    Path temporary;

    private Path folder = Path.of("");
    private final ObjectNode tokenizer = PieceVocabulary.of(1, true).tokenizer();
    private final ArrayNode merges = (ArrayNode) tokenizer.path("model").path("merges");

    @BeforeEach
    void make() throws Exception {
        folder = FamilyFolder.tiny(temporary, "mistral");
    }

    @Test
    void refusesPairsOfAPieceThatAreListedApart() throws Exception {
        int second = 1;
        while (!piece(second).equals(piece(second - 1))) {
            second++;
        }
        JsonNode pair = merges.remove(second);
        merges.add(pair);
        refuses(
                "joins [Pair[left=%s, right=%s]] later than other pairs of the same piece, but"
                        + " GGUF has one score for each piece; 1 such pairs",
                pair.path(0).textValue(), pair.path(1).textValue());
    }

    @Test
    void refusesPairsThatAreNotListed() throws Exception {
        JsonNode pair = merges.remove(3);
        refuses(
                "does not join [Pair[left=%s, right=%s]], but GGUF's scores would join them; 1 such pairs",
                pair.path(0).textValue(), pair.path(1).textValue());
    }

    @Test
    void refusesTokensThatTakeTheSpacesBesideThem() throws Exception {
        ((ObjectNode) tokenizer.path("added_tokens").path(3)).put("lstrip", true);
        refuses("has lstrip for token \"<|turn|>\", which GGUF cannot express");
    }

    @Test
    void refusesAFileWhosePiecesShareAScore() throws Exception {
        Path gguf = temporary.resolve("model.gguf");
        write();
        GgufExport.write(ModelFolder.open(folder), gguf, "tied", GgufForm.F16);
        Map<String, GgufValue> metadata =
                new LinkedHashMap<>(GgufFile.open(gguf).metadata());
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < PieceVocabulary.TOKENS; id++) {
            scores.add(-1000f);
        }
        metadata.put("tokenizer.ggml.scores", GgufValue.float32s(scores));
        Path tied = temporary.resolve("tied.gguf");
        GgufWriter.write(tied, metadata, List.of());
        Path back = temporary.resolve("back");
        assertThatThrownBy(() -> GgufImport.writeTokenizer(tied, back))
                .isInstanceOf(FormatProblem.class)
                .hasMessageMatching("\\Q"
                        + tied
                        + "\\E: gives the pieces \".+\" and \".+\" the same score, and"
                        + " tokenizer.json cannot express which is merged first; use the"
                        + " model's original folder instead");
    }

    private String piece(int merge) {
        JsonNode pair = merges.path(merge);
        return pair.path(0).textValue() + pair.path(1).textValue();
    }

    private void write() throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\":\"<s>\"}");
    }

    private void refuses(String reason, Object... values) throws Exception {
        write();
        ModelFolder model = ModelFolder.open(folder);
        assertThatThrownBy(() -> GgufExport.write(model, temporary.resolve("x"), "x", GgufForm.F16))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(folder.resolve("tokenizer.json") + ": " + reason.formatted(values));
    }
}
