./septet run support/pipeline.groovy
./septet report support
