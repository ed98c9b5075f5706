pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18') { rank 8 }
    }
    evaluate { metric loss }
}
