./septet data show support/pipeline.groovy --rows 2
./septet plan support/pipeline.groovy
