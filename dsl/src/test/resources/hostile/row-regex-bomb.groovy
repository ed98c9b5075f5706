pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.answer ==~ '((a{1000}){1000}){1000}' }
    }
    initialize { model 'm' }
    train { method lora() }
}
