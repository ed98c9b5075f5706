package dev.septet.activities.evaluate.subject;

import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/** Opens models with the engine on this worker. */
public final class EngineSubjects implements Subjects {
    @Override
    public Subject open(Candidate candidate) {
        Path folder = candidate.folder();
        LanguageModel model =
                LanguageModel.open(folder, candidate.computed(), Optional.ofNullable(candidate.adapter()));
        try {
            return new EngineSubject(
                    folder,
                    model,
                    Tokenizer.open(folder),
                    new ModelRowEncoder(folder, model.config().maxPositions()));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
