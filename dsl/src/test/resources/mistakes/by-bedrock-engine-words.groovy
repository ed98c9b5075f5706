pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        steps 200
        batch size: 8
        learningRate cosine(peak: 2e-4)
        stop patience: 3
        by bedrock(model: 'amazon.nova-micro-v1:0:128k')
    }
    evaluate { metric loss }
}
