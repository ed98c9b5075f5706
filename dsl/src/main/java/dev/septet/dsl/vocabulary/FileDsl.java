package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Required;
import java.util.function.Consumer;

/** The words of a pipeline file: constants, then one pipeline. */
public final class FileDsl {
    private final PipelineDraft draft;

    /** Creates the words that fill this draft. */
    public FileDsl(PipelineDraft draft) {
        this.draft = draft;
    }

    /** The pipeline and its name. */
    @Required
    @Example("pipeline('support') { ... }")
    public void pipeline(@Example("'support'") String name, Consumer<PipelineDsl> words) {
        words.accept(new PipelineDsl(draft));
        Refusal.unless(
                name.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        draft.name = name;
    }
}
