pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by bedrock(model: 'amazon.nova-micro-v1:0:128k') { batchSize 8 }
    }
    evaluate { metric loss }
}
