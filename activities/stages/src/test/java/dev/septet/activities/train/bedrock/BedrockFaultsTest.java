package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users see when Bedrock fails, refuses or forgets: rows of trainer-faults.md. */
@Tag("long")
class BedrockFaultsTest extends BedrockRounds {
    private static final String CREATE = "POST /model-customization-jobs";
    private static final String DESCRIBE = "GET /model-customization-jobs/ID";
    private static final String DEPLOY = "POST /model-customization/custom-model-deployments";

    /** A request whose job trains. */
    private TrainRequest training() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        assertThat(progress(attempt(request))).contains("is InProgress, training InProgress");
        return request;
    }

    @Test
    void anOverloadedServiceDoesNotEndATraining() throws Exception {
        TrainRequest request = training();
        service.refuse(DESCRIBE, 3, 500, "InternalServerException", "oops");
        assertThat(progress(attempt(request))).contains("continues, but endpoint bedrock answers 500");
        service.refuse(DESCRIBE, 3, 429, "ThrottlingException", "slow down");
        assertThat(progress(attempt(request)))
                .contains("answers 429 ThrottlingException")
                .contains("slow down");
        for (int lost = 0; lost < 8; lost++) {
            service.loseRequest(DESCRIBE);
        }
        assertThat(progress(attempt(request))).contains("cannot be reached");
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void expiredCredentialsDoNotEndATraining() throws Exception {
        TrainRequest request = training();
        service.expire(true);
        assertThat(progress(attempt(request))).contains("ExpiredTokenException").contains("renew the credentials");
        service.expire(false);
        service.hold(false);

        done(request);
    }

    @Test
    void credentialsThatExpiredBeforeTheFirstRequestEndTheRun() throws Exception {
        service.expire(true);

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("PolicyDenied")
                .hasStackTraceContaining("renew the credentials of this worker");
    }

    @Test
    void whatAwsDoesNotAllowIsNamed() throws Exception {
        service.refuse(CREATE, 1, 403, "AccessDeniedException", "not authorized to perform iam:PassRole");

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("answers 403 AccessDeniedException")
                .hasStackTraceContaining("iam:PassRole; compare the worker's policy with the page bedrock.md");
    }

    @Test
    void aQuotaIsNamed() throws Exception {
        service.refuse(CREATE, 1, 400, "ServiceQuotaExceededException", "too many jobs");
        TrainRequest request = request();

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("BackendFailed")
                .hasStackTraceContaining("too many jobs; wait, or ask AWS for a higher quota");
        done(request);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void whatBedrockRefusesIsNamed() throws Exception {
        service.refuse(CREATE, 1, 400, "ValidationException", "learningRate is out of range");

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("answers 400 ValidationException")
                .hasStackTraceContaining("learningRate is out of range");
    }

    @Test
    void aFailedJobTellsItsReasonAndTheNextAttemptCreatesAnother() throws Exception {
        TrainRequest request = training();
        service.fail("the rows have \"a text of a row that must not leave the service\" in line 3");

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("failed: the rows have [text] in line 3");

        service.hold(false);
        done(request);
        assertThat(service.created()).hasSize(2);
    }

    @Test
    void aJobThatSomebodyStoppedIsNamed() throws Exception {
        TrainRequest request = training();
        service.stopBySomebody();

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("was stopped, but not by Septet");
    }

    @Test
    void aJobThatBedrockDoesNotShowForAWhileCostsNoSecondJob() throws Exception {
        TrainRequest request = training();
        service.hide(true);
        assertThat(progress(attempt(request))).contains("does not show").contains("any more");
        service.hide(false);
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    private void absent(TrainRequest request, int rounds) {
        for (int absence = 0; absence < rounds; absence++) {
            assertThat(progress(attempt(request))).contains("does not show job septet-");
        }
    }

    /** As if rounds were as far apart as Bedrock may hide a job. */
    @Test
    void aJobThatIsNotShownInTwoShortTimesCostsNoSecondJob() throws Exception {
        settles = Duration.ZERO;
        TrainRequest request = training();
        for (int times = 0; times < 2; times++) {
            service.hide(true);
            absent(request, BedrockRecord.MOST_ABSENCES - 1);
            service.hide(false);
            assertThat(progress(attempt(request))).contains("is InProgress");
        }
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aModelThatIsNotShownForAWhileIsNotTrainedAgain() throws Exception {
        settles = Duration.ZERO;
        TrainRequest request = training();
        service.hold(false);
        service.modelStatus("");
        attempt(request);
        for (int absence = 1; absence < BedrockRecord.MOST_ABSENCES; absence++) {
            assertThat(progress(attempt(request))).contains("until Bedrock shows the model");
        }
        service.modelStatus("Active");

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aJobThatIsGoneIsNamedAndTheNextAttemptCreatesAnother() throws Exception {
        TrainRequest request = training();
        service.forgetJobs();
        absent(request, BedrockRecord.MOST_ABSENCES - 1);
        Thread.sleep(settles.toMillis());

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("`region:` and the account still the same?");

        service.hold(false);
        done(request);
        assertThat(service.created()).hasSize(2);
    }

    @Test
    void aJobOfOthersWithThisNameStays() throws Exception {
        training();
        String name = service.jobNames().get(0);
        service.takenByOthers();
        TrainRequest request = request();

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("Bedrock has a job " + name);

        assertThat(service.status(name)).isEqualTo("InProgress");
    }

    @Test
    void aCancelledRunStopsItsJobAndRemovesTheRows() throws Exception {
        TrainRequest request = training();
        assertThat(objects()).hasSize(2);

        end(request);

        assertThat(service.status(service.jobNames().get(0))).isEqualTo("Stopped");
        assertThat(objects()).isEmpty();
    }

    @Test
    void aCancelledRunStopsAJobWhoseAnswerWasLost() throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        TrainRequest request = request();
        attempt(request);

        end(request);

        assertThat(service.status(service.jobNames().get(0))).isEqualTo("Stopped");
    }

    /** A repetition that is refused says nothing about the first request. */
    @ParameterizedTest
    @CsvSource({
        "429, ThrottlingException, POST /model-customization-jobs",
        "403, AccessDeniedException, waiting until Bedrock shows job",
        "400, ServiceQuotaExceededException, waiting until Bedrock shows job"
    })
    void aRefusedRepetitionForgetsNoJob(int status, String code, String told) throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        service.refuse(CREATE, 1, status, code, "no");
        TrainRequest request = request();
        attempt(request);
        service.hide(true);
        assertThat(progress(attempt(request))).contains(told);
        service.hide(false);

        end(request);

        assertThat(service.status(service.jobNames().get(0))).isEqualTo("Stopped");
        assertThat(service.created()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"400, ConflictException, BackendFailed", "403, AccessDeniedException, PolicyDenied"})
    void aJobThatMayExistEndsTheWaitWithBothCauses(int status, String code, String type) throws Exception {
        settles = Duration.ZERO;
        service.loseRequest(CREATE);
        service.refuse(CREATE, BedrockRecord.MOST_ABSENCES, status, code, "no");
        TrainRequest request = request();
        attempt(request);
        for (int absence = 1; absence < BedrockRecord.MOST_ABSENCES; absence++) {
            assertThat(progress(attempt(request)))
                    .contains("waiting until Bedrock shows job")
                    .contains(code);
        }

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining(type)
                .hasStackTraceContaining("Either an earlier request created it, or another job has its name or token")
                .hasStackTraceContaining("in the region us-east-1");
    }

    @Test
    void aJobThatIsNotShownIsNotTakenForStopped() throws Exception {
        TrainRequest request = training();
        service.hide(true);
        assertThatThrownBy(() -> end(request))
                .hasStackTraceContaining(
                        "Bedrock does not show job " + service.jobNames().get(0))
                .hasStackTraceContaining("in the region us-east-1, so Septet cannot stop it");
        SteeringCommand pause = new SteeringCommand(1, SteeringAction.PAUSE, null, null);
        steer(request, List.of(pause));
        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("so Septet cannot stop it");
        service.hide(false);

        assertThat(attempt(request).paused()).isEqualTo(new TrainOutcome.Pause(0, 1));
        assertThat(service.status(service.jobNames().get(0))).isEqualTo("Stopped");
    }

    @Test
    void aJobOfAnotherRegionIsNeitherForgottenNorTakenForStopped() throws Exception {
        TrainRequest request = training();
        Path file = temp.resolve("trainers.yaml");
        String declared = Files.readString(file);
        Files.writeString(file, declared.replace("us-east-1", "us-west-2"));
        assertThat(progress(attempt(request))).contains("write `region: us-east-1` again");
        assertThatThrownBy(() -> end(request)).hasStackTraceContaining("write `region: us-east-1` again, or stop");
        Files.writeString(file, declared);
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aPauseStopsTheJobAndResumeTrainsAgain() throws Exception {
        TrainRequest request = training();
        SteeringCommand pause = new SteeringCommand(1, SteeringAction.PAUSE, null, null);
        steer(request, List.of(pause));

        assertThat(attempt(request).paused()).isEqualTo(new TrainOutcome.Pause(0, 1));
        assertThat(service.status(service.jobNames().get(0))).isEqualTo("Stopped");

        steer(request, List.of(pause, new SteeringCommand(2, SteeringAction.RESUME, null, null)));
        service.hold(false);
        done(request);
        assertThat(service.created()).hasSize(2);
    }

    @Test
    void aModelThatBedrockDoesNotDeployIsNamed() throws Exception {
        service.refuse(DEPLOY, 1, 400, "ValidationException", "on-demand is not supported");

        assertThatThrownBy(() -> done(request()))
                .hasStackTraceContaining("is trained, but Bedrock does not deploy it for requests that are paid by");
    }

    @Test
    void aDeploymentThatFailsIsMadeAgainByTheNextAttempt() throws Exception {
        TrainRequest request = request();
        while (service.deploymentNames().isEmpty()) {
            attempt(request);
        }
        service.deployments("Failed");

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("no capacity; the next attempt deploys");

        done(request);
        assertThat(service.created()).as("the training is not repeated").hasSize(1);
        assertThat(service.deploymentNames()).hasSize(1).allMatch(name -> name.endsWith("-1-2"));
    }

    @Test
    void aModelThatIsBeingCreatedIsAwaited() throws Exception {
        service.modelStatus("Creating");
        TrainRequest request = request();
        attempt(request);
        attempt(request);
        assertThat(progress(attempt(request))).contains("Bedrock creates the model");
        service.modelStatus("Active");

        done(request);
    }

    @Test
    void aJobWithoutMetricsIsTaken() throws Exception {
        service.withoutMetrics();

        assertThat(done(request()).steps()).isZero();
    }

    @Test
    void theOperatorsListDoesNotEndAJobThatExists() throws Exception {
        TrainRequest request = training();
        String file = Files.readString(temp.resolve("trainers.yaml"));
        Files.writeString(temp.resolve("trainers.yaml"), file.replace(FakeBedrock.MODEL, "amazon.nova-lite-v1:0:300k"));
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void filesOfOtherRunsStay() throws Exception {
        S3Exchange bucket = new S3Exchange(BUCKET.client(), at);
        bucket.put("septet-other/rows/1.jsonl", Files.writeString(temp.resolve("other"), "x"));

        done(request());

        assertThat(objects()).containsExactly("septet-other/rows/1.jsonl");
    }
}
