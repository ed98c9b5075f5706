package dev.septet.dsl;

import static dev.septet.dsl.PipelineTexts.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import org.junit.jupiter.api.Test;

/** Where a pipeline's rows come from. */
class SourcesTest {
    private static PrepareSpec prepare(String lines) {
        return spec("pipeline('p') {\nprepare {\n" + lines
                        + "\n}\ninitialize { model 'm/x' }\ntrain { method lora() }\n}\n")
                .prepare();
    }

    /** The spec of a file that names one dataset must not change: its digest is in histories and stage keys. */
    @Test
    void keepsTheSpecOfOnePlainDataset() {
        PrepareSpec one = prepare("dataset 'a.jsonl', format: chat");
        assertThat(one.sources()).isEmpty();
        assertThat(one.dataset()).isEqualTo("a.jsonl");
        assertThat(one.format()).isEqualTo(DatasetFormat.CHAT);
        assertThat(one.inputs()).containsExactly(new SourceSpec("a.jsonl", null, DatasetFormat.CHAT, null));
    }

    @Test
    void readsSeveralDatasetsInTheOrderOfTheFile() {
        PrepareSpec many = prepare("""
            dataset 'b.jsonl', format: chat, share: 75.percent, limit: 1000, licence: 'cc-by-4.0'
            dataset pipeline('tickets'), share: 25.percent
            dataset 'c.csv', split: test
            """);
        assertThat(many.dataset()).isNull();
        assertThat(many.inputs())
                .containsExactly(
                        new SourceSpec("b.jsonl", null, DatasetFormat.CHAT, null, 75.0, null, 1000L, null, "cc-by-4.0"),
                        new SourceSpec(null, "tickets", DatasetFormat.AUTO, null, 25.0, null, null, null, null),
                        new SourceSpec(
                                "c.csv", null, DatasetFormat.AUTO, null, null, null, null, SourceSpec.Part.TEST, null));
        assertThat(many.source()).isEqualTo("b.jsonl and 2 more");
    }

    @Test
    void readsDocumentsAsPlainText() {
        PrepareSpec spec = prepare("dataset documents('manuals/', chunk: 128, overlap: 16), licence: 'cc0-1.0'");
        assertThat(spec.inputs())
                .containsExactly(new SourceSpec(
                        "manuals/",
                        null,
                        DatasetFormat.TEXT,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "cc0-1.0",
                        null,
                        new DocumentsSpec(128, 16)));
        SourceSpec plain = prepare("dataset documents('a.pdf')").inputs().get(0);
        assertThat(plain.documents()).isEqualTo(new DocumentsSpec(null, null));
        assertThat(new DocumentsSpec(null, 0)).isEqualTo(plain.documents());
    }

    @Test
    void recordsTheOptionsOfOneDataset() {
        PrepareSpec one = prepare("dataset 'a.jsonl', weight: 2");
        assertThat(one.dataset()).isNull();
        assertThat(one.inputs()).singleElement().extracting(SourceSpec::weight).isEqualTo(2.0);
    }
}
