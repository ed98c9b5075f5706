pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'bedrock', model: 'amazon.nova-micro-v1:0:128k')
    }
    evaluate { metric loss }
}
