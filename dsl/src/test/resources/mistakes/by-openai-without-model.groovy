pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'azure')
    }
    evaluate { metric loss }
}
