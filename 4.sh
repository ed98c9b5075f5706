./septet apply support/pipeline.groovy
temporal schedule trigger --schedule-id support
