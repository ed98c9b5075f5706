pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    setup { resources gpus: 1 }
    train {
        method full()
        by bedrock(model: 'amazon.nova-micro-v1:0:128k')
    }
    evaluate { metric loss }
}
