package dev.septet.workflows.candidate;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.train.TrainRequest;
import java.util.List;
import java.util.stream.Stream;

/**
 * The first steps of a training with a candidate, and its exam after them.
 *
 * @param exam the candidate with the rows of its exam
 * @param training the whole training, with the candidate's own dataset
 * @param steps optimizer steps, of those of the whole training
 */
public record CandidateTrainingRequest(CandidateRequest exam, TrainRequest training, int steps) implements RunScoped {
    @Override
    public RunRef run() {
        return exam.run();
    }

    @Override
    public List<Object> specs() {
        return Stream.concat(exam.specs().stream(), training.specs().stream()).toList();
    }
}
