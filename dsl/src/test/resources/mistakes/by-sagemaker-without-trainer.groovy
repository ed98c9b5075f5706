pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by sagemaker { instance 'ml.g5.xlarge' }
    }
    evaluate { metric loss }
}
