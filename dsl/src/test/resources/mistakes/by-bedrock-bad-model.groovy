pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by bedrock(model: 'nova micro')
    }
    evaluate { metric loss }
}
