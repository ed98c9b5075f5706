pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by bedrock()
    }
    evaluate { metric loss }
}
