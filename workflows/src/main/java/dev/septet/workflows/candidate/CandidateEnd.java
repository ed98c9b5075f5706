package dev.septet.workflows.candidate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of the short trainings.
 *
 * @param request any candidate of the run
 * @param unused the trainings that the run does not continue
 */
public record CandidateEnd(CandidateRequest request, List<Unused> unused) implements RunScoped {
    public CandidateEnd {
        unused = List.copyOf(unused);
    }

    /**
     * A training that the run does not continue.
     *
     * @param number position of the candidate in the file, from 0
     * @param training digest of the key of the whole training; null when it offered no checkpoint
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Unused(int number, @Nullable String training) {}

    @Override
    public RunRef run() {
        return request.run();
    }

    @Override
    public List<Object> specs() {
        return request.specs();
    }
}
