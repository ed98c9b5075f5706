package dev.septet.workers.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.screen.Screen;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SliceGridsTest {
    @Test
    void showsEverySliceOfResults() throws IOException {
        List<String> texts = SliceGrids.of(Screen.PLAIN, SpecJson.mapper().readTree("""
            {"slices": [{"set": "gold", "by": "topic", "metric": "exactMatch", "score": 0.9, "rows": 120, "slices": [
              {"name": "billing", "rows": 100, "before": 0.5, "after": 0.95, "gap": -0.05, "verdict": "GO"},
              {"name": "\\u001b[2Jrare", "rows": 20, "after": "NaN", "gap": "NaN"}]}]}
            """));
        String text = String.join("\n", texts);
        assertThat(text)
                .contains("exactMatch by topic, test set gold: all 120 rows 0.9000")
                .containsPattern("billing[ |]+100[ |]+0.5000[ |]+0.9500[ |]+-0.0500[ |]+GO")
                .containsPattern("rare[ |]+20[ |]+-[ |]+NaN[ |]+NaN[ |]+-")
                .doesNotContain("\u001b");
    }

    @Test
    void resultsOfEarlierVersionsHaveNone() throws IOException {
        assertThat(SliceGrids.of(Screen.PLAIN, SpecJson.mapper().readTree("{\"version\":1,\"scores\":[]}")))
                .isEmpty();
    }
}
