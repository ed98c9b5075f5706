pipeline('support') {
    prepare { dataset 'data.jsonl', format: text }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate { metric loss }
}
